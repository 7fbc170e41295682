/**
 * Finds what follows expressions below a node, and keeps text, attributes and styles in step; templates are their own
 * module.
 */
import { listen } from "./events.ts";
import { evaluate, type Expr } from "./expressions.ts";
import { ATTRIBUTES, CLIENT_CODES } from "./names.ts";
import { isCopy } from "./owned.ts";
import type { Page } from "./page.ts";
import { report } from "./report.ts";
import { blockOf, conditionSource, listSource, type Part } from "./templates.ts";
import { zonePart } from "./zones.ts";

/** Returns the parts below a node in document order; the client's own copies have theirs already. */
export function scan(page: Page, root: ParentNode): Part[] {
  const parts: Part[] = [];
  collectBelow(page, root, parts);
  return parts;
}

function collectBelow(page: Page, parent: ParentNode, parts: Part[]): void {
  for (let child = parent.firstElementChild; child; child = child.nextElementSibling) {
    if (!isCopy(child)) collect(page, child, parts);
  }
}

function collect(page: Page, element: Element, parts: Part[]): void {
  if (element instanceof HTMLTemplateElement) {
    const block = templatePart(element);
    if (block) parts.push(block);
    return;
  }
  for (const { name, value } of element.attributes) {
    if (!name.startsWith("data-filekit-")) continue;
    const part = attributePart(page, element, name, value);
    if (part) parts.push(part);
  }
  collectBelow(page, element, parts);
}

function templatePart(template: HTMLTemplateElement): Part | null {
  const list = template.getAttribute(ATTRIBUTES.for);
  if (list !== null) {
    const depth = Number(template.getAttribute(ATTRIBUTES.depth));
    return blockOf(template, listSource(parseExpr(list), depth), scan);
  }
  const holder = template.hasAttribute(ATTRIBUTES.else) ? templateBefore(template) : template;
  const condition = holder?.getAttribute(ATTRIBUTES.if) ?? null;
  if (condition === null) return null;
  return blockOf(template, conditionSource(parseExpr(condition), holder === template), scan);
}

/** The template that an `else` belongs to: the one before it, with nothing but that one's copies between them. */
function templateBefore(template: Element): Element | null {
  let before = template.previousElementSibling;
  while (before && isCopy(before)) before = before.previousElementSibling;
  return before;
}

function attributePart(page: Page, element: Element, name: string, value: string): Part | null {
  if (name === ATTRIBUTES.upload) return zonePart(element, value);
  if (name === ATTRIBUTES.text) return textPart(element, parseExpr(value));
  const style = after(name, ATTRIBUTES.style);
  if (style && element instanceof HTMLElement) return stylePart(element, style, parseExpr(value));
  const attribute = after(name, ATTRIBUTES.attribute);
  if (attribute) return followPart(element, attribute, parseExpr(value));
  const event = after(name, ATTRIBUTES.on);
  if (event) listen(page, event);
  return null;
}

function after(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : "";
}

function textPart(element: Element, expr: Expr): Part {
  return follow(expr, (value) => {
    element.textContent = value === null ? "" : String(value);
  });
}

function stylePart(element: HTMLElement, property: string, expr: Expr): Part {
  return follow(expr, (value) => {
    if (value === null || value === false) element.style.removeProperty(property);
    else element.style.setProperty(property, String(value));
  });
}

function followPart(element: Element, name: string, expr: Expr): Part {
  const isBar = element instanceof HTMLProgressElement;
  return follow(expr, (value) => {
    // An upload whose bytes were all sent is not done; how long the server is at work nobody knows.
    const isUnknown = isBar && name === "value" && expr[0] === "get" && Number(value) >= element.max;
    const text = value === null || value === false || isUnknown ? null : value === true ? "" : String(value);
    if (text === null) element.removeAttribute(name);
    else element.setAttribute(name, text);
    if (!isBar) setProperty(element as HTMLInputElement, name, text);
  });
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
      const value = evaluate(page, scope, expr) ?? null;
      if (value === last) return;
      last = value;
      apply(value);
    },
  };
}

const parsed = new Map<string, Expr>();

/** Every copy of a template brings the same text, so each is read once. */
function parseExpr(text: string): Expr {
  let expr = parsed.get(text);
  if (!expr) {
    expr = readJson(text);
    parsed.set(text, expr);
  }
  return expr;
}

function readJson(text: string): Expr {
  try {
    return JSON.parse(text) as Expr;
  } catch {
    report(CLIENT_CODES.badPage, "an expression is not JSON", { text });
    return ["literal", null];
  }
}
