/**
 * Nodes and attributes that the client itself put into the page: copies of templates and attributes. A patch
 * leaves these alone.
 */

/** Attributes that only the client writes, for stylesheets and tests. */
export const CLIENT_ATTRIBUTES = {
  ready: "data-filekit-ready",
  dragging: "data-filekit-dragging",
  far: "data-filekit-far",
  above: "data-filekit-above",
} as const;

const copies = new WeakSet<Node>();
const listed = new WeakMap<Node, () => ChildNode[]>();
const attributes = new WeakMap<Element, Set<string>>();

/** Marks a node as the client's copy of something in a template. */
export function markCopy(node: Node): void {
  copies.add(node);
}

export function isCopy(node: Node): boolean {
  return copies.has(node);
}

/** Makes known which copies a template has, in order, with those of templates among them. */
export function listCopies(template: Node, list: () => ChildNode[]): void {
  listed.set(template, list);
}

/** A node, and its copies if it is a template; they go where it goes. */
export function withCopies(node: ChildNode): ChildNode[] {
  return [node, ...(listed.get(node)?.() ?? [])];
}

/** Sets an attribute that belongs to the client from now on; null removes it and gives it back to the server. */
export function setOwn(element: Element, name: string, value: string | null): void {
  const names = attributes.get(element) ?? new Set();
  if (value === null) {
    if (names.delete(name)) element.removeAttribute(name);
    return;
  }
  attributes.set(element, names.add(name));
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function isOwn(element: Element, name: string): boolean {
  return !!attributes.get(element)?.has(name);
}
