/**
 * Gives a list the rows that a patch names. Changes within a row are `apply.ts`.
 */
import { apply } from "./apply.ts";
import type { Op, Row } from "./change.ts";
import { morph, parse, type Touched } from "./morph.ts";
import { arrange, type Group } from "./order.ts";
import { type Block, fits, nodesOf, rowsIn } from "./ranges.ts";

/** The old rows that a row names, none if it is new, and what changes. */
type Step = readonly [place: number, count: number, html?: string | null, ops?: readonly Op[]];

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
export function applyRows(list: Block, olds: number, rows: readonly Row[], touched: Touched): void {
  const { parent, end } = list;
  let starts = [...rowsIn(list), end];
  fits(starts.length === olds + 1);
  /** The block of the old rows from one place up to another. */
  const between = (from: number, to: number): Block => {
    const start = starts[from];
    return { parent, before: start ? start.previousSibling : parent.lastChild, end: starts[to] as ChildNode | null };
  };
  let steps = rows.map(stepOf);
  const places = steps.flatMap(([place, count]) => Array.from({ length: count }, (_, index) => place + index));
  if (places.some((place, index) => place <= (places[index - 1] as number))) {
    fits(new Set(places).size === places.length);
    const groups = starts.slice(1).map((_, place) => nodesOf(between(place, place + 1)));
    const now = places.map((place) => groups[place] as Group);
    arrange(parent, groups, now, places, end);
    starts = [...now.map(([first]) => first as ChildNode), end];
    let next = 0;
    steps = steps.map(([, count, ...change]) => [(next += count) - count, count, ...change]);
  }
  const fresh = parse(parent, steps.flatMap(([, , html]) => html ?? [])).values();
  let left = 0;
  for (const [place, count, html, ops] of [...steps, [starts.length - 1, 1] as Step]) {
    const nodes = html == null ? [] : (fresh.next().value as ChildNode[]);
    if (count > 0) {
      for (const node of nodesOf(between(left, place))) node.remove();
      left = place + count;
      const row = between(place, left);
      if (html != null) morph(row, html, touched, nodes);
      if (ops) apply(row, [null, ops], touched);
    } else {
      for (const node of nodes) {
        touched.add(node);
        parent.insertBefore(node, starts[left] as ChildNode | null);
      }
    }
  }
}

function stepOf(row: Row): Step {
  if (typeof row === "string") return [0, 0, row];
  const [place, what] = row;
  return typeof what === "number" ? [place, what] : [place, 1, ...what];
}
