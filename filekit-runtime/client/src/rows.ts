/**
 * Gives a list the rows that a patch names; what changes within a row is `apply.ts`.
 */
import { apply, type Change } from "./apply.ts";
import { morph, parse, type Touched } from "./morph.ts";
import { arrange } from "./order.ts";
import { type Block, fits, nodesOf, rowsIn } from "./ranges.ts";

/** Old rows from a place on, as they are; a new one; or an old one, changed. */
export type Row = readonly [start: number, count: number] | string | readonly [place: number, Change];

/**
 * Gives a list its rows; most stay as they are, and are not looked at:
 *
 *   if old rows change their order: put them in it, and call them by their new places
 *   read all markup at once
 *   for each row, where `left` is the first old row that is left:
 *     a new one: put it before that
 *     an old one: remove what is left before it, and do what changes in it
 *   remove what is left
 */
export function applyRows(list: Block, rows: readonly Row[], touched: Touched): void {
  const { parent } = list;
  const named = reorder(list, rows);
  const starts = startsOf(list);
  const fresh = parse(parent, named.map(htmlOf).filter((html) => html !== null)).values();
  let left = 0;
  const goTo = (place: number): void => {
    for (const node of nodesOf(between(parent, starts, left, place))) node.remove();
    left = place;
  };
  for (const row of named) {
    const html = htmlOf(row);
    const nodes = html === null ? [] : fits(fresh.next().value);
    if (typeof row === "string") {
      for (const node of nodes) {
        touched.add(node);
        parent.insertBefore(node, starts[left] as ChildNode | null);
      }
      continue;
    }
    const [place, what] = row;
    goTo(place);
    left += countOf(row);
    if (typeof what === "number") continue;
    const block = between(parent, starts, place, left);
    if (html !== null) morph(block, html, touched, nodes);
    apply(block, [null, what[1]], touched);
  }
  goTo(starts.length - 1);
}

/** Puts the old rows in the order in which they are named, if they are in another, and returns the rows as they are called then. */
function reorder(list: Block, rows: readonly Row[]): readonly Row[] {
  const places = rows.flatMap((row) => Array.from({ length: countOf(row) }, (_, index) => (row[0] as number) + index));
  if (places.every((place, index) => index === 0 || place > (places[index - 1] as number))) return rows;
  const starts = startsOf(list);
  const olds = rowsIn(list).map((_, place) => nodesOf(between(list.parent, starts, place, place + 1)));
  arrange(list.parent, olds, places.map((place) => fits(olds[place])), places, list.end);
  let next = 0;
  return rows.map((row) => {
    if (typeof row === "string") return row;
    next += countOf(row);
    return [next - countOf(row), row[1]] as Row;
  });
}

/** Returns where the rows of a list begin, and where the last one ends. */
function startsOf(list: Block): (ChildNode | null)[] {
  return [...rowsIn(list), list.end];
}

/** Returns the block of the rows from one place up to another. */
function between(parent: Node, starts: readonly (ChildNode | null)[], from: number, to: number): Block {
  const start = fits(from <= to && to < starts.length) && starts[from];
  return { parent, before: start ? start.previousSibling : parent.lastChild, end: starts[to] as ChildNode | null };
}

/** How many old rows a row names. */
function countOf(row: Row): number {
  if (typeof row === "string") return 0;
  return typeof row[1] === "number" ? row[1] : 1;
}

function htmlOf(row: Row): string | null {
  if (typeof row === "string") return row;
  return typeof row[1] === "number" ? null : row[1][0];
}
