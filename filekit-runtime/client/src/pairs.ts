/**
 * Which old child a new one goes on from; it changes no node.
 */

/** The ids that an element has or holds. */
export type Ids = ReadonlyMap<Node, readonly string[]>;

/** The pairs found so far. */
interface Pairs {
  readonly olds: readonly Node[];
  readonly news: readonly Node[];
  /** For each new child the place of its old one, or -1. */
  readonly places: number[];
  readonly taken: Set<number>;
}

/** Finds the ids of all elements below a root, each noted for its element and for those around it. */
export function idsWithin(root: ParentNode & Node): Ids {
  const ids = new Map<Node, string[]>();
  for (const element of root.querySelectorAll("[id]")) {
    for (let at: Node | null = element; at && at !== root; at = at.parentNode) {
      const held = ids.get(at);
      if (held) held.push(element.id);
      else ids.set(at, [element.id]);
    }
  }
  return ids;
}

/**
 * Returns for each new child the place of its old one, -1 if it has none; only nodes that can become each other are paired:
 *
 *   first those that have or hold the same id
 *   then those that are equal, from the start up to the first difference, and from the end
 *   then, in order, those of the same tag and class
 *   then, in order, those of the same tag
 */
export function pair(olds: readonly Node[], news: readonly Node[], ids: Ids): number[] {
  const pairs: Pairs = { olds, news, places: news.map(() => -1), taken: new Set() };
  pairIds(pairs, ids);
  pairEqual(pairs, 1);
  pairEqual(pairs, -1);
  pairInOrder(pairs, (node) => `${identity(node)} ${node instanceof Element ? node.getAttribute("class") : ""}`);
  pairInOrder(pairs, identity);
  return pairs.places;
}

/** Nodes of one identity can become each other; no field inherits what was typed into another. */
function identity(node: Node): string {
  if (!(node instanceof Element)) return node.nodeName;
  if (node instanceof HTMLTemplateElement) return node.outerHTML;
  return [node.nodeName, node.id, node.getAttribute("name"), node.getAttribute("type")].join(" ");
}

function join(pairs: Pairs, place: number, index: number): void {
  pairs.places[index] = place;
  pairs.taken.add(place);
}

function isFree(pairs: Pairs, place: number, index: number): boolean {
  return pairs.places[index] === -1 && !pairs.taken.has(place);
}

function pairIds(pairs: Pairs, ids: Ids): void {
  const holders = new Map<string, number>();
  pairs.olds.forEach((old, place) => ids.get(old)?.forEach((id) => holders.set(id, place)));
  pairs.news.forEach((fresh, index) => {
    for (const id of ids.get(fresh) ?? []) {
      const place = holders.get(id);
      const old = pairs.olds[place ?? -1];
      if (place === undefined || !old || !isFree(pairs, place, index)) continue;
      if (identity(old) === identity(fresh)) join(pairs, place, index);
    }
  });
}

/** Pairs from one end while there is no difference; a list that lost or got some rows keeps all others. */
function pairEqual(pairs: Pairs, step: 1 | -1): void {
  const { olds, news } = pairs;
  let place = step > 0 ? 0 : olds.length - 1;
  let index = step > 0 ? 0 : news.length - 1;
  for (; olds[place] && news[index]; place += step, index += step) {
    if (pairs.places[index] === place) continue;
    if (!isFree(pairs, place, index) || !isSame(olds[place], news[index])) return;
    join(pairs, place, index);
  }
}

/** `isEqualNode` does not look into templates, so their own markup is compared. */
function isSame(old: Node | undefined, fresh: Node | undefined): boolean {
  if (!old || !fresh) return false;
  return old instanceof HTMLTemplateElement ? identity(old) === identity(fresh) : old.isEqualNode(fresh);
}

function pairInOrder(pairs: Pairs, keyOf: (node: Node) => string): void {
  const waiting = new Map<string, number[]>();
  for (let place = pairs.olds.length - 1; place >= 0; place -= 1) {
    const old = pairs.olds[place];
    if (!old || pairs.taken.has(place)) continue;
    const key = keyOf(old);
    const places = waiting.get(key);
    if (places) places.push(place);
    else waiting.set(key, [place]);
  }
  pairs.news.forEach((fresh, index) => {
    const place = pairs.places[index] === -1 ? waiting.get(keyOf(fresh))?.pop() : undefined;
    if (place !== undefined) join(pairs, place, index);
  });
}
