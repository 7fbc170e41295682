/**
 * Turns the server's markup into nodes, and a part of the page into what they say; the only module that reads markup.
 */
import { patchAttributes } from "./attributes.ts";
import { servedValue, settleControl, unchoose } from "./controls.ts";
import { ATTRIBUTES, MARKERS } from "./names.ts";
import { arrange, type Group } from "./order.ts";
import { isCopy } from "./owned.ts";
import { type Ids, noteIds, pair } from "./pairs.ts";
import { type Block, fits, isMarker, nodesOf, rangesIn } from "./ranges.ts";
import { withCopies } from "./templates.ts";

/** Nodes that are new, and elements whose attributes changed. */
export type Touched = Set<Node>;

/** What all steps of one change of a block need. */
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

/** Returns an element beside the page with what `html` says; the parent decides what markup means. */
export function parse(parent: Node, html: string): Element {
  // No image of it loads and no script of it runs before it is on the page.
  const inert = document.createElement("template").content.ownerDocument;
  const context = inert.importNode(parent, false) as Element;
  context.innerHTML = html;
  unchoose(context);
  return context;
}

/**
 * Makes a block's content what `html` says, and keeps every element that can be kept, with what the visitor did to it:
 *
 *   parse the markup beside the page
 *   for the children of a node, without the client's own copies, and with each kept range as one:
 *     find for each new child the old one that it goes on from (`pair`)
 *     remove the old ones that nothing goes on from
 *     do the same within each old one that stays, after its attributes or its text
 *     leave in place the longest run of those that kept their order
 *     from the last child to the first: put a new one, or one that changed its place, before its successor
 *   put kept ranges whose parent is another now into it
 */
export function morph(block: Block, html: string, touched: Touched): void {
  const { parent, end } = block;
  const fresh = parse(parent, html);
  const olds = nodesOf(block);
  const ids = new Map<Node, string[]>();
  noteIds(ids, olds, parent);
  noteIds(ids, fresh.childNodes, fresh);
  const kept = new Map<Node, Kept>();
  const places = keepsIn(fresh);
  const ranges = places.length > 0 ? rangesIn(olds) : [];
  fits(ranges.length === places.length);
  places.forEach((place, index) => {
    const range = ranges[index] as Block;
    const begin = range.before as ChildNode;
    const nodes = [begin, ...nodesOf(range), range.end as ChildNode];
    for (const node of [begin, place]) ids.set(node, [`${index}`]);
    for (const node of nodes) kept.set(node, { nodes, place });
  });
  patchNodes(parent, olds, fresh, end, { ids, kept, touched });
  for (const [node, { nodes, place }] of kept) {
    if (place.isConnected) place.before(node);
    if (node === nodes.at(-1)) place.remove();
  }
}

function keepsIn(fresh: Node): Comment[] {
  return [...fresh.childNodes].flatMap((node) => (isMarker(node, MARKERS.keep) ? [node as Comment] : keepsIn(node)));
}

function patchNodes(parent: Node, nodes: Iterable<ChildNode>, fresh: Node, end: Node | null, run: Run): void {
  const { ids, kept, touched } = run;
  const olds = [...nodes].filter((node) => {
    const range = kept.get(node);
    return range ? node === range.nodes[0] && range.place.parentNode === fresh : !isCopy(node);
  });
  const news = [...fresh.childNodes];
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
  if (old instanceof Element && fresh instanceof Element) return patchElement(old, fresh, run.touched, run);
  if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
}

/** Gives an element another's attributes, and in a run its content as well. */
export function patchElement(old: Element, fresh: Element, touched: Touched, run?: Run): void {
  // Templates are paired only if they are the same to the last byte.
  if (old instanceof HTMLTemplateElement) return;
  const served = servedValue(old);
  if (patchAttributes(old, fresh)) touched.add(old);
  unchoose(fresh);
  if (run && !fresh.hasAttribute(ATTRIBUTES.text)) patchNodes(old, old.childNodes, fresh, null, run);
  settleControl(old, served);
}
