/**
 * Pairs each new child with the old one that it continues. `morph.ts` changes the nodes.
 */

import { isElement } from "./ranges.ts";

/** The ids that an element has or holds. */
export type Ids = ReadonlyMap<Node, readonly string[]>;

/** Notes the ids of nodes and of all elements in them, each for its element and for those around it. */
export function noteIds(ids: Map<Node, string[]>, nodes: Iterable<Node>): void {
  for (const node of nodes) {
    if (!isElement(node)) continue;
    for (const element of [node, ...node.querySelectorAll("[id]")]) {
      for (let at: Node | null = element; element.id && at && at !== node.parentNode; at = at.parentNode) {
        if (!ids.get(at)?.push(element.id)) ids.set(at, [element.id]);
      }
    }
  }
}

/**
 * Returns for each new child the place of its old one, -1 if it has none; only nodes that can become each other are paired:
 *
 *   first those that have or hold the same id
 *   then those that are equal, from the start up to the first difference, and from the end
 *   then options of the same value, one of which the visitor may have chosen
 *   then, in order, those of the same tag and class
 *   then, in order, those of the same tag
 */
export function pair(olds: readonly Node[], news: readonly Node[], ids: Ids): number[] {
  const places = news.map(() => -1);
  const taken = new Set<number>();

  const join = (index: number, place = -1): boolean => {
    if (place < 0 || taken.has(place)) return false;
    places[index] = place;
    taken.add(place);
    return true;
  };

  /** Pairs, in order, those that have a key in common. */
  const joinByKeys = (keysOf: (node: Node) => readonly string[]): void => {
    const waiting = new Map<string, number[]>();
    for (let place = olds.length - 1; place >= 0; place -= 1) {
      if (taken.has(place)) continue;
      for (const key of keysOf(olds[place] as Node)) {
        if (!waiting.get(key)?.push(place)) waiting.set(key, [place]);
      }
    }
    news.forEach((fresh, index) => places[index] === -1 && keysOf(fresh).some((key) => join(index, waiting.get(key)?.pop())));
  };

  /** Pairs from one end while there is no difference; a list that lost or got some rows keeps all others. */
  const joinEqual = (step: 1 | -1, firstIndex: number, firstPlace: number): void => {
    for (let index = firstIndex, place = firstPlace; ; index += step, place += step) {
      const [old, fresh] = [olds[place], news[index]];
      if (!old || !fresh) return;
      if (places[index] === place) continue;
      if (places[index] !== -1 || !isEqual(old, fresh) || !join(index, place)) return;
    }
  };

  joinByKeys((node) => (ids.get(node) ?? []).map((id) => `${identity(node)} ${id}`));
  joinEqual(1, 0, 0);
  joinEqual(-1, news.length - 1, olds.length - 1);
  joinByKeys((node) => (node instanceof HTMLOptionElement ? [node.value] : []));
  joinByKeys((node) => [`${identity(node)} ${(node as Element).className}`]);
  joinByKeys((node) => [identity(node)]);
  return places;
}

/** Whether each child goes on from the one in its place, which is what pairing would come to where there are no ids. */
export function areAlike(olds: readonly Node[], news: readonly Node[], ids: Ids): boolean {
  const isAlike = (old: Node, fresh: Node): boolean =>
    identity(old) === identity(fresh) && (old as Element).className === (fresh as Element).className &&
    (!(old instanceof HTMLOptionElement) || old.value === (fresh as HTMLOptionElement).value);
  return ids.size === 0 && olds.length === news.length && olds.every((old, index) => isAlike(old, news[index] as Node));
}

/**
 * Nodes of one identity can become each other; no field inherits what was typed into another. Into a button nothing is typed, and
 * documents give it a name and a type that later views leave out: there a script sends it.
 */
function identity(node: Node): string {
  if (!isElement(node)) return node.nodeName;
  if (node instanceof HTMLTemplateElement) return node.outerHTML;
  if (node instanceof HTMLButtonElement) return `${node.nodeName} ${node.id}`;
  return `${node.nodeName} ${node.id} ${node.getAttribute("name")} ${node.getAttribute("type")}`;
}

/** `isEqualNode` does not look into templates; their identity does. */
function isEqual(old: Node, fresh: Node): boolean {
  return old.isEqualNode(fresh) && identity(old) === identity(fresh);
}
