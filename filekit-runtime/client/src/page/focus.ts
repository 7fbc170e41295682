/**
 * Keeps the focus and the caret through a change of the page.
 */
import { setOwn } from "./owned.ts";
import type { Page } from "./page.ts";

/**
 * Runs a change and gives the focus back if it went:
 *
 *   to the element itself, if it was only moved
 *   else to the element with its id
 *   else to the element now in its place, or nearest to that: after a row was removed, the next row's button
 */
export function keepingFocus({ root }: Page, change: () => void): void {
  const active = document.activeElement as HTMLInputElement | null;
  if (!active || !root.contains(active) || active === root) return change();
  const path = pathOf(root, active);
  // Only a text field has a caret.
  const { id, selectionStart, selectionEnd, selectionDirection } = active;
  change();
  if (document.activeElement === active) return;
  const same = active.isConnected ? active : ((id && document.getElementById(id)) as HTMLInputElement | "" | null);
  focus(same || elementAt(root, path));
  if (same && same.selectionStart !== null) same.setSelectionRange?.(selectionStart, selectionEnd, selectionDirection ?? "none");
}

/** Focuses an element, also one that cannot take the focus by itself, such as a list whose last row went. */
function focus(element: HTMLElement): void {
  element.focus({ preventScroll: true });
  if (document.activeElement === element) return;
  setOwn(element, "tabindex", "-1");
  element.focus({ preventScroll: true });
}

/** Places among the siblings, from the root down; templates have no place since they never show. */
function pathOf(root: Element, element: Element): number[] {
  const path: number[] = [];
  for (let at = element; at !== root; at = at.parentElement as Element) {
    path.unshift(shownChildren(at.parentElement as Element).indexOf(at));
  }
  return path;
}

function elementAt(root: HTMLElement, path: readonly number[]): HTMLElement {
  let at: Element = root;
  for (const place of path) {
    const children = shownChildren(at);
    at = children[place] ?? children.at(-1) ?? at;
  }
  return at as HTMLElement;
}

function shownChildren(parent: Element): Element[] {
  return [...parent.children].filter((child) => child.localName !== "template");
}
