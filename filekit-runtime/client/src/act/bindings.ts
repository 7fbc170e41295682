/**
 * Finds what follows expressions below a node, and keeps text and attributes in step. Templates are `bind/templates.ts`.
 */
import { listen } from "../bind/events.ts";
import { evaluate, type Expr } from "../bind/expressions.ts";
import { onceNear } from "../bind/near.ts";
import { addStyle } from "../bind/styles.ts";
import { blockOf, type Items } from "../bind/templates.ts";
import { ATTRIBUTES } from "../names.ts";
import { parseMarkup } from "../page/json.ts";
import { isCopy } from "../page/owned.ts";
import type { Page, Part, Parts } from "../page/page.ts";
import { isElement } from "../patch/ranges.ts";
import { zonePart } from "../upload/zones.ts";

/** The prefix of the names of all attributes that mean something here. */
const OURS = "data-filekit-";
const NONE: readonly unknown[] = [];
const ONE: readonly unknown[] = [true];

/** Finds anew the parts of a node and of those below it; the client's own copies have theirs already. */
export function scan(page: Page, root: ParentNode, parts: Parts): void {
  if (isElement(root)) {
    const own = partsOf(page, root as HTMLElement);
    if (own.length > 0) parts.set(root, own);
    else parts.delete(root);
  }
  // Live lists of children and attributes would be convenient, and cost most of the time that a long list takes.
  for (let child = root.firstElementChild; child; child = child.nextElementSibling) {
    if (!isCopy(child)) scan(page, child, parts);
  }
}

function partsOf(page: Page, element: HTMLElement): Part[] {
  const parts =
    element instanceof HTMLTemplateElement
      ? [templatePart(element)]
      : element.getAttributeNames().map((name) => name.startsWith(OURS) && attributePart(page, element, name, element.getAttribute(name) as string));
  return parts.filter((part) => !!part);
}

function templatePart(template: HTMLTemplateElement): Part | null {
  const list = template.getAttribute(ATTRIBUTES.for);
  if (list !== null) {
    const expr = parseExpr(list);
    const items: Items = (page, scope) => {
      const value = evaluate(page, scope, expr);
      return Array.isArray(value) ? value : NONE;
    };
    return blockOf(template, Number(template.getAttribute(ATTRIBUTES.depth)), items, scan);
  }
  const wanted = !template.hasAttribute(ATTRIBUTES.else);
  if (wanted && !template.hasAttribute(ATTRIBUTES.if)) return null;
  let before: Element | null = wanted ? template : templateBefore(template);
  const items: Items = (page, scope) => {
    // A patch can keep an `else` and replace the `if` before it.
    if (before?.parentNode !== template.parentNode) before = templateBefore(template);
    const condition = before?.getAttribute(ATTRIBUTES.if);
    return condition && Boolean(evaluate(page, scope, parseExpr(condition))) === wanted ? ONE : NONE;
  };
  return blockOf(template, 0, items, scan);
}

/** The template that an `else` belongs to: the one before it, with nothing but that one's copies between them. */
function templateBefore(template: Element): Element | null {
  let before = template.previousElementSibling;
  while (before && isCopy(before)) before = before.previousElementSibling;
  return before;
}

function attributePart(page: Page, element: HTMLElement, name: string, value: string): Part | null {
  const after = (prefix: string): string => (name.startsWith(prefix) ? name.slice(prefix.length) : "");
  if (name === ATTRIBUTES.upload) return zonePart(page, element, value);
  if (name === ATTRIBUTES.text) return textPart(element, parseExpr(value));
  if (name === ATTRIBUTES.style) addStyle(value);
  const attribute = after(ATTRIBUTES.attribute);
  if (attribute) return followPart(element, attribute, parseExpr(value));
  const event = after(ATTRIBUTES.on);
  if (event) listen(page, event);
  return null;
}

function textPart(element: Element, expr: Expr): Part {
  return follow(expr, (value) => {
    element.textContent = value as string | null;
  });
}

/** The text of an attribute for a value; null removes it. */
function attributeText(value: unknown): string | null {
  if (value === null || value === false) return null;
  return value === true ? "" : String(value);
}

function followPart(element: Element, name: string, expr: Expr): Part {
  const isBar = element instanceof HTMLProgressElement;
  const part = follow(expr, (value) => {
    // An upload whose bytes were all sent is not done; how long the server is at work is unknown.
    const isUnknown = isBar && name === "value" && expr[0] === "get" && Number(value) >= element.max;
    const text = isUnknown ? null : attributeText(value);
    if (text === null) element.removeAttribute(name);
    else element.setAttribute(name, text);
    if (!isBar) setProperty(element as HTMLInputElement, name, text);
  });
  return name === "src" && element instanceof HTMLImageElement ? imagePart(element, part) : part;
}

/** Photos are large: an image asks for its address when it is nearly visible, and is decoded beside the page's own work. */
function imagePart(image: HTMLImageElement, { update }: Part): Part {
  let latest: Parameters<Part["update"]> | null = null;
  let near = false;
  image.decoding = "async";
  onceNear(image, () => {
    near = true;
    if (latest) update(...latest);
  });
  return {
    update(...now) {
      latest = now;
      if (near) update(...now);
    },
  };
}

/** Form controls go on from their properties once a visitor touched them; the attribute alone would change nothing. */
function setProperty(control: HTMLInputElement, name: string, text: string | null): void {
  if (name === "checked") control.checked = text !== null;
  if (name === "value" && control.value !== (text ?? "")) control.value = text ?? "";
}

/** Calls `apply` whenever the value is another than last time. */
function follow(expr: Expr, apply: (value: unknown) => void): Part {
  let last: unknown;
  return {
    update(page, scope) {
      const value = evaluate(page, scope, expr);
      if (value === last) return;
      last = value;
      apply(value);
    },
  };
}

const NOTHING: Expr = ["literal", null];
const parsed = new Map<string, Expr>();

/** Every copy of a template brings the same text, so each is read once. */
function parseExpr(text: string): Expr {
  const expr = parsed.get(text) ?? ((parseMarkup(text) ?? NOTHING) as Expr);
  parsed.set(text, expr);
  return expr;
}
