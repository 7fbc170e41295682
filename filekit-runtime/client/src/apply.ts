/**
 * Does to the page what a patch says: the few changes between what it shows and what it should; how markup becomes nodes
 * is `morph.ts`.
 */
import { morph, parse, patchElement, type Touched } from "./morph.ts";
import { arrange, type Group } from "./order.ts";
import { type Block, blockAround, elementAt, fits, nodesOf, rangesIn, rowsIn } from "./ranges.ts";

/** What changes in a block: its whole content, if there is any markup, and then single things in it. */
export type Change = readonly [html: string | null, ops: readonly Op[]];

export type Op =
  | readonly ["attributes" | "element", path: readonly number[], html: string]
  | readonly ["range", number: number, Change]
  | readonly ["rows", number: number, readonly Row[]];

/** Old rows from a place on, as they are; a new one; or an old one, changed. */
export type Row = readonly [start: number, count: number] | string | readonly [place: number, Change];

/** Changes a block, and notes what is to be scanned anew. Throws if the patch is not for what the page shows. */
export function apply(block: Block, [html, ops]: Change, touched: Touched): void {
  if (html !== null) morph(block, html, touched);
  let ranges: Block[] | null = null;
  for (const op of ops) {
    if (op[0] === "range" || op[0] === "rows") {
      const range = fits((ranges ??= rangesIn(nodesOf(block)))[op[1]]);
      if (op[0] === "range") apply(range, op[2], touched);
      else applyRows(range, op[2], touched);
      continue;
    }
    const nodes = elementAt(nodesOf(block), op[1]);
    const around = blockAround(nodes);
    if (op[0] === "element") {
      morph(around, op[2], touched);
      ranges = null;
    } else {
      const element = nodes[0] as Element;
      const fresh = fits(parse(around.parent, op[2]).firstElementChild);
      fits(fresh.nodeName === element.nodeName);
      patchElement(element, fresh, touched);
    }
  }
}

function applyRows(list: Block, rows: readonly Row[], touched: Touched): void {
  const { parent, end } = list;
  const olds = rowsIn(list);
  const places: number[] = [];
  const groups: Group[] = [];
  const put = (nodes: Group | undefined, place: number): void => {
    places.push(place);
    groups.push(fits(nodes));
  };
  for (const row of rows) {
    if (typeof row === "string") {
      const nodes = [...parse(parent, row).childNodes];
      for (const node of nodes) touched.add(node);
      put(nodes, -1);
      continue;
    }
    const [place, what] = row;
    if (typeof what === "number") {
      for (let at = place; at < place + what; at += 1) put(olds[at], at);
    } else {
      const block = blockAround(fits(olds[place]));
      apply(block, what, touched);
      put(nodesOf(block), place);
    }
  }
  arrange(parent, olds, groups, places, end);
}
