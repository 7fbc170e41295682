/**
 * Turns the server's markup into nodes, and the page into what they say; the only module that reads markup.
 */
import { patchAttributes, rememberOpen } from "./attributes.ts";
import { servedValue, settleControl } from "./controls.ts";
import { ATTRIBUTES } from "./names.ts";
import { arrange } from "./order.ts";
import { isCopy } from "./owned.ts";
import { type Ids, idsWithin, pair } from "./pairs.ts";
import { withCopies } from "./templates.ts";

/**
 * Makes the root's content what `html` says, and keeps every element that can be kept, with what the visitor did to it:
 *
 *   parse the markup beside the page
 *   for the children of a node, without the client's own copies:
 *     find for each new child the old one that it goes on from (`pair`)
 *     remove the old ones that nothing goes on from
 *     do the same within each old one that stays, after its attributes or its text
 *     leave in place the longest run of those that kept their order
 *     from the last child to the first: put a new one, or one that changed its place, before its successor
 */
export function patch(root: HTMLElement, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  const ids = new Map([...idsWithin(root), ...idsWithin(template.content)]);
  patchChildren(root, template.content, ids);
  rememberOpen(root);
}

function patchChildren(parent: Node, fresh: Node, ids: Ids): void {
  const olds = Array.from(parent.childNodes).filter((node) => !isCopy(node));
  const news = Array.from(fresh.childNodes);
  const places = pair(olds, news, ids);
  const kept = new Set(places);
  olds.forEach((node, index) => kept.has(index) || parent.removeChild(node));
  const nodes = news.map((next, index) => {
    const old = olds[places[index] ?? -1];
    if (old) patchNode(old, next, ids);
    return old ?? next;
  });
  arrange(parent, nodes.map(withCopies), places, null);
}

function patchNode(old: Node, fresh: Node, ids: Ids): void {
  if (old instanceof Element && fresh instanceof Element) return patchElement(old, fresh, ids);
  if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
}

function patchElement(old: Element, fresh: Element, ids: Ids): void {
  // Templates are paired only if they are the same to the last byte.
  if (old instanceof HTMLTemplateElement) return;
  const served = servedValue(old);
  patchAttributes(old, fresh);
  if (!fresh.hasAttribute(ATTRIBUTES.text)) patchChildren(old, fresh, ids);
  settleControl(old, served);
}
