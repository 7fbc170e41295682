/**
 * Keeps the focus and the caret through a change of the page; it changes nothing else.
 */
import { setOwn } from "./owned.ts";
import type { Page } from "./page.ts";

type Caret = readonly [start: number, end: number, direction: "forward" | "backward" | "none" | undefined];

/**
 * Runs a change and gives the focus back if it went:
 *
 *   to the element itself, if it was only moved
 *   else to the element with its id
 *   else to what now stands in its place, or nearest to that: after a row was removed, the next row's button
 */
export function keepingFocus(page: Page, change: () => void): void {
  const active = page.document.activeElement;
  if (!(active instanceof HTMLElement) || !page.root.contains(active) || active === page.root) return change();
  const path = pathOf(page.root, active);
  const caret = caretOf(active);
  change();
  if (page.document.activeElement === active) return;
  const named = active.id ? page.document.getElementById(active.id) : null;
  const heir = active.isConnected ? active : (named ?? elementAt(page.root, path));
  focus(heir);
  if (heir === active || heir === named) setCaret(heir, caret);
}

/** Focuses an element, also one that cannot take the focus by itself, such as a list whose last row went. */
function focus(element: HTMLElement): void {
  element.focus({ preventScroll: true });
  if (element.ownerDocument.activeElement === element) return;
  setOwn(element, "tabindex", "-1");
  element.focus({ preventScroll: true });
}

/** Places among the siblings, from the root down; templates have no place since they never show. */
function pathOf(root: Element, element: Element): number[] {
  const path: number[] = [];
  for (let at = element; at !== root && at.parentElement; at = at.parentElement) {
    path.unshift(shownChildren(at.parentElement).indexOf(at));
  }
  return path;
}

function elementAt(root: HTMLElement, path: readonly number[]): HTMLElement {
  let at = root;
  for (const place of path) {
    const children = shownChildren(at);
    const child = children[Math.min(place, children.length - 1)];
    if (!(child instanceof HTMLElement)) break;
    at = child;
  }
  return at;
}

function shownChildren(parent: Element): Element[] {
  return Array.from(parent.children).filter((child) => child.localName !== "template");
}

function caretOf(element: Element): Caret | null {
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return null;
  // Inputs that are no text fields, such as a checkbox, have no caret and say null.
  const { selectionStart: start, selectionEnd: end, selectionDirection: direction } = element;
  return start === null || end === null ? null : [start, end, direction ?? undefined];
}

function setCaret(element: Element, caret: Caret | null): void {
  if (!caret || !(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) return;
  if (element instanceof HTMLInputElement && element.selectionStart === null) return;
  element.setSelectionRange(...caret);
}
