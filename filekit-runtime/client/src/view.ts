/**
 * When the page catches up with the client's state: once a frame, however much changed; not what is shown.
 */
import { apply, type Change } from "./apply.ts";
import { rememberOpen } from "./attributes.ts";
import { scan } from "./bindings.ts";
import { zoneOf } from "./declared.ts";
import { keepingFocus } from "./focus.ts";
import type { Touched } from "./morph.ts";
import { isElement } from "./ranges.ts";
import type { Page } from "./page.ts";
import { updateAll } from "./templates.ts";

/** Asks for a pass over the page in the next frame. */
export function changed(page: Page): void {
  if (page.due) return;
  page.due = true;
  requestAnimationFrame(() => page.due && refresh(page));
}

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
