/**
 * Makes an element's attributes those of the server's markup; the client's own and the visitor's stay as they are.
 */
import { ATTRIBUTES } from "../names.ts";
import { isOwn } from "../page/owned.ts";

/** Whether the server last sent a `details` or `dialog` open; visitors change the same attribute. */
const servedOpen = new WeakMap<Element, boolean>();

/** Notes what the server sent open, among an element and those in it; to be called before a visitor has used them. */
export function rememberOpen(root: Element): void {
  for (const element of [root, ...root.querySelectorAll("details,dialog")]) {
    if (!servedOpen.has(element)) servedOpen.set(element, element.hasAttribute("open"));
  }
}

/** Returns whether there was anything to change. */
export function patchAttributes(old: Element, fresh: Element): boolean {
  const names = new Set([...old.getAttributeNames(), ...fresh.getAttributeNames()]);
  const open = fresh.hasAttribute("open");
  const isVisitors = servedOpen.get(old) === open;
  if (servedOpen.has(old)) servedOpen.set(old, open);
  // The client's own stay, those that follow an expression, and what the visitor opened or closed.
  const isKept = (name: string): boolean =>
    isOwn(old, name) || fresh.hasAttribute(ATTRIBUTES.attribute + name) || (name === "open" && isVisitors);
  const changed = [...names].filter((name) => old.getAttribute(name) !== fresh.getAttribute(name) && !isKept(name));
  for (const name of changed) patchAttribute(old, fresh, name);
  return changed.length > 0;
}

function patchAttribute(old: Element, fresh: Element, name: string): void {
  const attribute = fresh.getAttributeNode(name);
  // A copy of the node has its namespace as well.
  if (attribute) old.setAttributeNode(attribute.cloneNode() as Attr);
  else old.removeAttribute(name);
}
