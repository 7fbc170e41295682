/**
 * Puts nodes in a new order with as few moves as possible. Which old node is which is `pairs.ts`.
 */

/** Nodes that go together. */
export type Group = readonly ChildNode[];

/** A method that not all browsers have yet: both nodes have to be on the page. */
interface Movable {
  moveBefore?(node: Node, before: Node | null): Node;
}

/**
 * Puts groups of nodes in order, the last one before `end`: `places` tells for each which of the old groups it is, or -1. The
 * old ones that are not named go, and those that kept their order are left where they are.
 */
export function arrange(parent: Node, olds: readonly Group[], groups: readonly Group[], places: readonly number[], end: Node | null): void {
  const named = new Set(places);
  olds.forEach((nodes, place) => named.has(place) || nodes.forEach((node) => node.remove()));
  const stays = staying(places);
  // Keeps what a browser forgets of a node that is taken out: how far it was scrolled, and the focus.
  const move = (parent as Movable).moveBefore ?? parent.insertBefore;
  let before = end;
  for (let index = groups.length - 1; index >= 0; index -= 1) {
    const nodes = groups[index] as Group;
    if (!stays.has(index)) for (const node of nodes) (places[index] === -1 ? parent.insertBefore : move).call(parent, node, before);
    before = nodes[0] ?? before;
  }
}

/**
 * Returns the positions in `old` of the items that need not move: the longest rising run of the numbers, where a number
 * is an item's old place and -1 an item that is new.
 *
 *   for each number: find by bisection the shortest run that it makes longer by one
 *     it becomes that run's best (smallest) end and remembers the end before it
 *   walk back from the end of the longest run
 */
export function staying(old: readonly number[]): Set<number> {
  const ends: number[] = [];
  const before: number[] = [];
  old.forEach((place, index) => {
    if (place < 0) return;
    const run = bisect(ends, (end) => (old[end] as number) < place);
    before[index] = ends[run - 1] ?? -1;
    ends[run] = index;
  });
  const result = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] as number) result.add(index);
  return result;
}

/** The number of leading items for which `holds` is true, provided that no later one is. */
function bisect(items: readonly number[], holds: (item: number) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
