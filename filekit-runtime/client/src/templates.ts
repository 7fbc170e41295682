/**
 * Copies of the page's templates: one per item of a list, or one while a condition holds; it does not know expressions
 * of other places, nor when to look again.
 */
import { evaluate, type Expr, type Scope } from "./expressions.ts";
import { staying } from "./order.ts";
import { markCopy } from "./owned.ts";
import type { Page } from "./page.ts";

/** Something on the page that follows an expression. */
export interface Part {
  update(page: Page, scope: Scope | null): void;
  /** Called when parts were found anew; takes back what only makes sense while the part is on the page. */
  retire?(): void;
}

/** Finds the parts below a node; passed in, because parts contain templates and templates contain parts. */
export type Scan = (page: Page, root: ParentNode) => Part[];

/** One copy of a template's content. */
interface Row {
  readonly nodes: readonly Node[];
  readonly parts: readonly Part[];
  readonly scope: Scope | null;
}

/** A template and its copies, which always follow it directly. */
export interface Block extends Part {
  /** The copies' nodes in order, with those of templates among them. */
  nodes(): Node[];
}

/** What the template stands for in a scope: the items, and the scope of an item's copy. */
export interface Source {
  items(page: Page, scope: Scope | null): readonly unknown[];
  inside(scope: Scope | null, item: unknown): Scope | null;
}

const blocks = new WeakMap<Node, Block>();
const scopes = new WeakMap<Node, Scope | null>();

const HOLDS: readonly unknown[] = [true];
const NONE: readonly unknown[] = [];

/** One copy per item of a list. */
export function listSource(expr: Expr, depth: number): Source {
  return {
    items: (page, scope) => {
      const items = evaluate(page, scope, expr);
      return Array.isArray(items) ? items : NONE;
    },
    inside: (outer, item) => ({ depth, item, outer }),
  };
}

/** One copy while the expression is `wanted`: a list of one item or none. */
export function conditionSource(expr: Expr, wanted: boolean): Source {
  return {
    items: (page, scope) => (Boolean(evaluate(page, scope, expr)) === wanted ? HOLDS : NONE),
    inside: (scope) => scope,
  };
}

/** Returns the template's block; a template that a patch kept keeps its copies. */
export function blockOf(template: HTMLTemplateElement, source: Source, scan: Scan): Block {
  const block = blocks.get(template) ?? newBlock(template, source, scan);
  blocks.set(template, block);
  return block;
}

/** Returns the scope that an element is in: that of the innermost copy around it. */
export function scopeOf(element: Element): Scope | null {
  for (let node: Node | null = element; node; node = node.parentNode) {
    const scope = scopes.get(node);
    if (scope !== undefined) return scope;
  }
  return null;
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
function newBlock(template: HTMLTemplateElement, source: Source, scan: Scan): Block {
  let items: readonly unknown[] = NONE;
  let rows: readonly Row[] = [];

  const change = (page: Page, scope: Scope | null, next: readonly unknown[]): void => {
    const old = new Map(items.map((item, index) => [item, index]));
    const places = next.map((item) => take(old, item));
    const spare = rows;
    const end = afterRows(template, spare);
    const kept = new Set(places);
    rows = next.map((item, index) => spare[places[index] ?? -1] ?? copy(page, template, source.inside(scope, item), scan));
    items = next;
    spare.forEach((row, index) => kept.has(index) || removeRow(row));
    place(template, rows, staying(places), end);
  };

  return {
    update(page, scope) {
      const next = source.items(page, scope);
      if (!sameItems(items, next)) change(page, scope, next);
      for (const row of rows) for (const part of row.parts) part.update(page, row.scope);
    },
    nodes: () => rows.flatMap(nodesOf),
    retire: () => {
      if (!template.isConnected) rows.forEach(removeRow);
    },
  };
}

/** Takes the item's old place out of the map, so that an item that comes twice does not share a row; -1 if it had none. */
function take(old: Map<unknown, number>, item: unknown): number {
  const place = old.get(item) ?? -1;
  old.delete(item);
  return place;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function copy(page: Page, template: HTMLTemplateElement, scope: Scope | null, scan: Scan): Row {
  const fragment = page.document.importNode(template.content, true);
  const row = { nodes: Array.from(fragment.childNodes), parts: scan(page, fragment), scope };
  for (const node of row.nodes) {
    markCopy(node);
    scopes.set(node, scope);
  }
  // Filled before it is shown; templates in it put their copies beside them, inside the fragment.
  for (const part of row.parts) part.update(page, scope);
  return row;
}

/** All nodes of a row: its own, and the copies of templates that stand directly in it. */
function nodesOf(row: Row): Node[] {
  return row.nodes.flatMap((node) => [node, ...(blocks.get(node)?.nodes() ?? [])]);
}

function removeRow(row: Row): void {
  for (const node of nodesOf(row)) node.parentNode?.removeChild(node);
}

/** The node after a block's rows. */
function afterRows(template: HTMLTemplateElement, rows: readonly Row[]): Node | null {
  const last = rows.at(-1);
  return ((last && nodesOf(last).at(-1)) ?? template).nextSibling;
}

function place(template: HTMLTemplateElement, rows: readonly Row[], stays: ReadonlySet<number>, end: Node | null): void {
  let before = end;
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row = rows[index];
    if (!row) continue;
    const nodes = nodesOf(row);
    if (!stays.has(index)) for (const node of nodes) template.parentNode?.insertBefore(node, before);
    before = nodes[0] ?? before;
  }
}
