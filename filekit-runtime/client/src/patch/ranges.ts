/**
 * Where things are in the server's markup: blocks, ranges, rows, and elements by their path.
 */
import { MARKERS } from "../names.ts";
import { isCopy } from "../page/owned.ts";

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

/** Returns the first node of a block; if the block is empty, it is what comes after it. */
export function firstOf({ parent, before }: Block): ChildNode | null {
  return before ? before.nextSibling : parent.firstChild;
}

export function nodesOf(block: Block): ChildNode[] {
  const nodes: ChildNode[] = [];
  for (let node = firstOf(block); node !== block.end; node = (node as ChildNode).nextSibling) nodes.push(fits(node));
  return nodes;
}

export function contentOf(parent: Node): Block {
  return { parent, before: null, end: null };
}

/** Returns the ranges in a block, at any depth of elements, but not those within other ranges or in the client's copies. */
export function rangesIn(block: Block): Block[] {
  const ranges: Block[] = [];
  eachPiece(block, (before, end) => {
    if (isMarker(before, MARKERS.begin)) ranges.push({ parent: block.parent, before, end });
    else ranges.push(...rangesIn(contentOf(before)));
  });
  return ranges;
}

/** Returns the block that is the element at a path, which counts neither copies nor elements in ranges, with its copies. */
export function elementAt(block: Block, [place, ...rest]: readonly number[]): Block {
  const found: Block[] = [];
  eachPiece(block, (first, last) => {
    if (isElement(first)) found.push({ parent: block.parent, before: first.previousSibling, end: last.nextSibling });
  });
  const element = fits(found[place as number]);
  return rest.length > 0 ? elementAt(contentOf(firstOf(element) as Node), rest) : element;
}

/** Returns where the rows of a list begin: each at its comment, or with its element. */
export function rowsIn(list: Block): ChildNode[] {
  const comments: ChildNode[] = [];
  const elements: ChildNode[] = [];
  eachPiece(list, (first) => {
    if (isElement(first)) elements.push(first);
    else if (isMarker(first, MARKERS.row)) comments.push(first);
  });
  return comments.length > 0 ? comments : elements;
}

/** Comparing numbers is quicker than asking for classes, and lists can be long. */
export function isMarker(node: Node, marker: string): boolean {
  return node.nodeType === 8 && node.nodeValue === marker;
}

export function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}

/** Goes over a block: each range is one piece from its first to its last node, and so is a template with its copies, or else a node. */
function eachPiece(block: Block, see: (first: ChildNode, last: ChildNode) => void): void {
  for (let node = firstOf(block); node !== block.end; ) {
    const first = fits(node);
    let last = first;
    let depth = 0;
    do {
      last = node as ChildNode;
      if (isMarker(last, MARKERS.begin) && !isCopy(last)) depth += 1;
      if (isMarker(last, MARKERS.end) && !isCopy(last)) depth -= 1;
      node = last.nextSibling;
    } while (node && (depth > 0 || isCopy(node)));
    fits(depth === 0);
    see(first, last);
  }
}
