/**
 * When the page catches up with the client's state: once a frame, however much changed. Patches are `patch/apply.ts`.
 */
import { updateAll } from "../bind/templates.ts";
import { keepingFocus } from "../page/focus.ts";
import type { Page } from "../page/page.ts";
import { apply } from "../patch/apply.ts";
import { rememberOpen } from "../patch/attributes.ts";
import type { Change } from "../patch/change.ts";
import type { Touched } from "../patch/morph.ts";
import { isElement } from "../patch/ranges.ts";
import { zoneOf } from "../upload/declared.ts";
import { scan } from "./bindings.ts";

/** Brings everything that follows an expression up to date now. */
export function refresh(page: Page): void {
  page.due = false;
  keepingFocus(page, () => updateAll(page.parts, page, null));
}

/** Finds anew what follows expressions in what the server's markup changed, and lets go of what is gone. */
export function rescan(page: Page, touched: Touched): void {
  for (const node of touched) {
    if (!isElement(node)) continue;
    // A zone knows its input.
    const zone = zoneOf(node);
    if (zone) touched.add(zone);
    rememberOpen(node);
    scan(page, node, page.parts);
  }
  for (const [element, parts] of page.parts) {
    if (element.isConnected) continue;
    for (const part of parts) part.retire?.();
    page.parts.delete(element);
  }
}

/** Shows what the server changed, with everything that follows expressions in it, in one go. */
export function showChange(page: Page, change: Change): void {
  const touched: Touched = new Set();
  keepingFocus(page, () => {
    try {
      apply({ parent: page.root, before: null, end: null }, change, touched);
    } finally {
      rescan(page, touched);
      refresh(page);
    }
  });
}
