/**
 * Turns the server's markup into nodes, and a part of the page into what they say; the only module that reads markup.
 */
import { ATTRIBUTES, MARKERS } from "../names.ts";
import { isCopy, withCopies } from "../page/owned.ts";
import { patchAttributes } from "./attributes.ts";
import { servedValue, settleControl, unchoose } from "./controls.ts";
import { arrange, type Group } from "./order.ts";
import { areAlike, type Ids, noteIds, pair } from "./pairs.ts";
import { type Block, fits, isElement, isMarker, nodesOf, rangesIn } from "./ranges.ts";

/** Nodes that are new, and elements whose attributes changed. */
export type Touched = Set<Node>;

/** The data that all steps of one change of a block need. */
interface Run {
  readonly ids: Ids;
  /** The kept range that a node is in. */
  readonly kept: ReadonlyMap<Node, Kept>;
  readonly touched: Touched;
}

interface Kept {
  readonly nodes: Group;
  /** Where it goes in the markup. */
  readonly place: Comment;
}

/** Returns what each markup says, beside the page; the parent decides what markup means. All at once is three times as quick. */
export function parse(parent: Node, htmls: readonly string[]): ChildNode[][] {
  // No image of it loads and no script of it runs before it is on the page.
  const inert = document.createElement("template").content.ownerDocument;
  const context = inert.importNode(parent, false) as Element;
  context.innerHTML = htmls.join(`<!--${MARKERS.apart}-->`);
  unchoose(context);
  const groups: ChildNode[][] = [[]];
  for (const node of context.childNodes) {
    if (isMarker(node, MARKERS.apart)) groups.push([]);
    else groups.at(-1)?.push(node);
  }
  return fits(groups.length >= htmls.length && groups);
}

/**
 * Makes a block's content what `html` says, and keeps every element that can be kept, with what the visitor did to it:
 *
 *   for the children of a node, without the client's own copies, and with each kept range as one:
 *     find for each new child the old one that it goes on from (`pair`)
 *     remove the old ones that nothing goes on from
 *     do the same within each old one that stays, after its attributes or its text
 *     leave in place the longest run of those that kept their order
 *     from the last child to the first: put a new one, or one that changed its place, before its successor
 *   put kept ranges whose parent is another now into it
 */
export function morph(block: Block, html: string, touched: Touched, news = parse(block.parent, [html])[0] as Group): void {
  const { parent, end } = block;
  const olds = nodesOf(block);
  const ids = new Map<Node, string[]>();
  noteIds(ids, news);
  // The old ones matter only for the new ones.
  if (ids.size > 0) noteIds(ids, olds);
  const kept = new Map<Node, Kept>();
  // Most markup keeps nothing, and is not looked through for it.
  const places = html.includes(MARKERS.keep) ? keepsIn(news) : [];
  const ranges = places.length > 0 ? rangesIn(block) : [];
  fits(ranges.length === places.length);
  places.forEach((place, index) => {
    const range = ranges[index] as Block;
    const begin = range.before as ChildNode;
    const nodes = [begin, ...nodesOf(range), range.end as ChildNode];
    for (const node of [begin, place]) ids.set(node, [`${index}`]);
    for (const node of nodes) kept.set(node, { nodes, place });
  });
  patchNodes(parent, olds, news, end, { ids, kept, touched });
  for (const [node, { nodes, place }] of kept) {
    if (place.isConnected) place.before(node);
    if (node === nodes.at(-1)) place.remove();
  }
}

function keepsIn(nodes: Iterable<ChildNode>): Comment[] {
  const found: Comment[] = [];
  for (const node of nodes) {
    if (isMarker(node, MARKERS.keep)) found.push(node as Comment);
    else if (node.firstChild) found.push(...keepsIn(node.childNodes));
  }
  return found;
}

function patchNodes(parent: Node, nodes: Group, news: Group, end: Node | null, run: Run): void {
  const { ids, kept, touched } = run;
  const olds = nodes.filter((node) => {
    const range = kept.get(node);
    return range ? node === range.nodes[0] && range.place.parentNode === news[0]?.parentNode : !isCopy(node);
  });
  if (areAlike(olds, news, ids)) return olds.forEach((old, index) => kept.has(old) || patchNode(old, news[index] as ChildNode, run));
  const places = pair(olds, news, ids);
  const groups = news.map((next, index) => {
    const old = olds[places[index] as number];
    const range = old && kept.get(old);
    if (range) return range.nodes;
    if (old) patchNode(old, next, run);
    else touched.add(next);
    return withCopies(old ?? next);
  });
  arrange(parent, olds.map(withCopies), groups, places, end);
}

function patchNode(old: Node, fresh: Node, run: Run): void {
  // The browser compares a node without elements soonest; of two templates it would not see the content.
  if (!(old as Element).firstElementChild && old.isEqualNode(fresh)) return;
  if (isElement(old)) patchElement(old, fresh as Element, run.touched, run);
  else old.nodeValue = fresh.nodeValue;
}

/** Gives an element another's attributes, and in a run its content as well. */
export function patchElement(old: Element, fresh: Element, touched: Touched, run?: Run): void {
  // Templates are paired only if they are the same to the last byte.
  if (old instanceof HTMLTemplateElement) return;
  const served = servedValue(old as object);
  if (patchAttributes(old, fresh)) touched.add(old);
  unchoose(fresh);
  if (run && !fresh.hasAttribute(ATTRIBUTES.text)) patchNodes(old, [...old.childNodes], [...fresh.childNodes], null, run);
  settleControl(old, served);
}
