/**
 * Where things are in the server's markup: blocks, ranges, rows, and elements by their path; it changes nothing.
 */
import { MARKERS } from "./names.ts";
import { isCopy } from "./owned.ts";

/** The siblings between two; null is the parent's own edge. It goes on meaning the same while they change. */
export interface Block {
  readonly parent: Node;
  readonly before: ChildNode | null;
  readonly end: ChildNode | null;
}

/** Returns what is there. If it is not, the patch is for another page. */
export function fits<T>(value: T | null | undefined | false): T {
  if (!value) throw Error();
  return value;
}

export function nodesOf({ parent, before, end }: Block): ChildNode[] {
  const nodes: ChildNode[] = [];
  for (let node = before ? before.nextSibling : parent.firstChild; node !== end; node = (node as ChildNode).nextSibling) nodes.push(fits(node));
  return nodes;
}

/** Returns the block that these siblings are now; there must be some. */
export function blockAround(nodes: readonly ChildNode[]): Block {
  const first = fits(nodes[0]);
  return { parent: first.parentNode as Node, before: first.previousSibling, end: (nodes.at(-1) as ChildNode).nextSibling };
}

/** Returns the ranges among nodes and within them, but not those within other ranges or in the client's copies. */
export function rangesIn(nodes: Iterable<ChildNode>): Block[] {
  return pieces(nodes).flatMap((piece) => {
    const before = piece[0] as ChildNode;
    return isMarker(before, MARKERS.begin) ? [{ parent: before.parentNode as Node, before, end: piece.at(-1) as ChildNode }] : rangesIn(before.childNodes);
  });
}

/** Returns the element at a path, which counts neither copies nor what stands in ranges; behind it its copies. */
export function elementAt(nodes: Iterable<ChildNode>, [place, ...rest]: readonly number[]): ChildNode[] {
  const found = fits(pieces(nodes).filter(([node]) => node instanceof Element)[place as number]);
  return rest.length > 0 ? elementAt((found[0] as ChildNode).childNodes, rest) : found;
}

/** Returns the rows of a list: each begins with its comment, or is an element. */
export function rowsIn(list: Block): ChildNode[][] {
  const all = pieces(nodesOf(list));
  const marked = all.some(([node]) => isMarker(node, MARKERS.row));
  const rows: ChildNode[][][] = [];
  for (const piece of all) {
    if (marked ? isMarker(piece[0], MARKERS.row) : piece[0] instanceof Element) rows.push([]);
    rows.at(-1)?.push(piece);
  }
  return rows.map((row) => row.flat());
}

export function isMarker(node: Node | undefined, marker: string): boolean {
  return node instanceof Comment && node.data === marker;
}

/** Puts the nodes of each range together, and templates with their copies; every other node is alone. */
function pieces(nodes: Iterable<ChildNode>): ChildNode[][] {
  const found: ChildNode[][] = [];
  let depth = 0;
  for (const node of nodes) {
    const copy = isCopy(node);
    if (depth > 0 || copy) found.at(-1)?.push(node);
    else found.push([node]);
    if (!copy) depth += Number(isMarker(node, MARKERS.begin)) - Number(isMarker(node, MARKERS.end));
  }
  return fits(depth === 0 && found);
}
