/**
 * Makes an element's attributes those of the server's markup; the client's own and the visitor's stay as they are.
 */
import { ATTRIBUTES } from "./names.ts";
import { isOwn } from "./owned.ts";

/** Whether the server last sent a `details` or `dialog` open; visitors change the same attribute. */
const servedOpen = new WeakMap<Element, boolean>();

/** Notes which elements the server sent open; to be called on markup that no visitor has used yet. */
export function rememberOpen(root: ParentNode): void {
  for (const element of root.querySelectorAll("details,dialog")) {
    if (!servedOpen.has(element)) servedOpen.set(element, element.hasAttribute("open"));
  }
}

export function patchAttributes(old: Element, fresh: Element): void {
  const names = new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()]);
  for (const name of names) if (!isKept(old, fresh, name)) patchAttribute(old, fresh, name);
}

function patchAttribute(old: Element, fresh: Element, name: string): void {
  const value = fresh.getAttribute(name);
  if (value === null) old.removeAttribute(name);
  // A copy of the node has its namespace as well.
  else if (old.getAttribute(name) !== value) old.setAttributeNode(fresh.getAttributeNode(name)?.cloneNode() as Attr);
}

/** Whether an attribute is none of the server's: the client's own, one that follows an expression, or the visitor's. */
function isKept(old: Element, fresh: Element, name: string): boolean {
  return isOwn(old, name) || fresh.hasAttribute(ATTRIBUTES.attribute + name) || (name === "open" && isVisitors(old, fresh));
}

function isVisitors(old: Element, fresh: Element): boolean {
  const served = servedOpen.get(old);
  servedOpen.set(old, fresh.hasAttribute("open"));
  return served === fresh.hasAttribute("open");
}
