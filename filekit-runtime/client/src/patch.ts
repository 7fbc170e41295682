/**
 * Turns the server's markup into nodes, and the page into what they say; the only module that reads markup.
 */
import { patchAttributes, rememberOpen } from "./attributes.ts";
import { servedValue, settleControl } from "./controls.ts";
import { ATTRIBUTES } from "./names.ts";
import { staying } from "./order.ts";
import { isCopy } from "./owned.ts";
import { type Ids, idsWithin, pair } from "./pairs.ts";

/**
 * Makes the root's content what `html` says, and keeps every element that can be kept, with what the visitor did to it:
 *
 *   parse the markup beside the page
 *   for the children of a node, without the client's own copies:
 *     find for each new child the old one that it goes on from (`pair`)
 *     remove the old ones that nothing goes on from
 *     leave in place the longest run of those that kept their order
 *     from the last child to the first: put a new one, or one that changed its place, before its successor
 *     do the same within each old one that stays, after its attributes or its text
 */
export function patch(root: HTMLElement, html: string): void {
  const template = root.ownerDocument.createElement("template");
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
  const stays = staying(places);
  let before: Node | null = null;
  for (let index = news.length - 1; index >= 0; index -= 1) {
    const next = news[index] as Node;
    const node = olds[places[index] ?? -1] ?? next;
    if (node !== next) patchNode(node, next, ids);
    if (!stays.has(index)) for (const each of withCopies(node)) parent.insertBefore(each, before);
    before = node;
  }
}

/** A node and the copies after it: those of a template, which must go where it goes. */
function withCopies(node: Node): Node[] {
  const nodes = [node];
  if (!(node instanceof HTMLTemplateElement)) return nodes;
  for (let next = node.nextSibling; next && isCopy(next); next = next.nextSibling) nodes.push(next);
  return nodes;
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
