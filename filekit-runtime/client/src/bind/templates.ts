/**
 * Copies of the page's templates: one per item of a list, or one while a condition holds. Expressions
 * are `expressions.ts`; `act/view.ts` says when to look again.
 */
import { CLIENT_ATTRIBUTES, listCopies, markCopy, withCopies } from "../page/owned.ts";
import type { Page, Part, Parts, Scope } from "../page/page.ts";
import { arrange, type Group } from "../patch/order.ts";

/** Finds the parts of a node; passed in, because parts contain templates and templates contain parts. */
export type Scan = (page: Page, root: ParentNode, parts: Parts) => void;

/** The items that a template has one copy for each of; a condition that holds is a list of one item. */
export type Items = (page: Page, scope: Scope | null) => readonly unknown[];

/** One copy of a template's content. */
interface Row {
  readonly nodes: Group;
  readonly parts: Parts;
  readonly scope: Scope;
}

/** Rows after so many are marked, so that a stylesheet can spare their layout until the visitor scrolls to them. */
const NEAR_ROWS = 200;

/** A template and its copies, which always follow it directly. */
const blocks = new WeakMap<Node, Part>();
const scopes = new WeakMap<Node, Scope>();

export function updateAll(all: Parts, page: Page, scope: Scope | null): void {
  for (const parts of all.values()) for (const part of parts) part.update(page, scope);
}

/** Returns the template's block; a template that a patch kept keeps its copies. */
export function blockOf(template: HTMLTemplateElement, depth: number, items: Items, scan: Scan): Part {
  const block = blocks.get(template) ?? newBlock(template, depth, items, scan);
  blocks.set(template, block);
  return block;
}

/** Returns the scope that an element is in: that of the innermost copy around it. */
export function scopeOf(element: Element): Scope | null {
  let node: Node | null = element;
  while (node && !scopes.has(node)) node = node.parentNode;
  return scopes.get(node as Node) ?? null;
}

/**
 * Makes a block whose update works like this:
 *
 *   read the items; if they are the same as before, only update the rows
 *   for each item: take the row that it had, or copy the template
 *   remove the rows that no item took
 *   leave in place the longest run of rows that kept their order, put each other row before its successor
 *   update all rows
 */
function newBlock(template: HTMLTemplateElement, depth: number, read: Items, scan: Scan): Part {
  let items: readonly unknown[] = [];
  let rows: readonly Row[] = [];
  const nodes = (): ChildNode[] => rows.flatMap(nodesOf);

  const change = (page: Page, outer: Scope | null, next: readonly unknown[]): void => {
    const old = new Map(items.map((item, index) => [item, index]));
    const places = next.map((item) => take(old, item));
    const spare = rows;
    const olds = rows.map(nodesOf);
    const end = (nodes().at(-1) ?? template).nextSibling;
    rows = next.map((item, index) => spare[places[index] as number] ?? copy(page, template, { depth, item, outer }, scan, index >= NEAR_ROWS));
    items = next;
    arrange(template.parentNode as Node, olds, rows.map(nodesOf), places, end);
  };

  listCopies(template, nodes);
  return {
    update(page, scope) {
      const next = read(page, scope);
      if (next.length !== items.length || next.some((item, index) => item !== items[index])) change(page, scope, next);
      for (const row of rows) updateAll(row.parts, page, row.scope);
    },
    retire: () => {
      if (!template.isConnected) for (const node of nodes()) node.remove();
    },
  };
}

/** Takes the item's old place out of the map, so that an item that comes twice does not share a row; -1 if it had none. */
function take(old: Map<unknown, number>, item: unknown): number {
  const place = old.get(item) ?? -1;
  old.delete(item);
  return place;
}

function copy(page: Page, template: HTMLTemplateElement, scope: Scope, scan: Scan, far: boolean): Row {
  const fragment = document.importNode(template.content, true);
  if (far) for (const child of fragment.children) child.setAttribute(CLIENT_ATTRIBUTES.far, "");
  const row = { nodes: [...fragment.childNodes], parts: new Map(), scope };
  scan(page, fragment, row.parts);
  for (const node of row.nodes) {
    markCopy(node);
    scopes.set(node, scope);
  }
  // Filled before it is shown; templates in it put their copies beside them, inside the fragment.
  updateAll(row.parts, page, scope);
  return row;
}

/** All nodes of a row: its own, and the copies of templates that are directly in it. */
function nodesOf(row: Row): ChildNode[] {
  return row.nodes.flatMap(withCopies);
}
