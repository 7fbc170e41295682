/**
 * When the page catches up with the client's state: once a frame, however much changed; not what is shown.
 */
import { scan } from "./bindings.ts";
import { keepingFocus } from "./focus.ts";
import type { Page } from "./page.ts";
import { patch } from "./patch.ts";

/** What the server says of the page; null leaves it as it is. */
export interface Shown {
  readonly title: string | null;
  readonly body: string | null;
}

/** Asks for a pass over the page in the next frame. */
export function changed(page: Page): void {
  if (page.due) return;
  page.due = true;
  requestAnimationFrame(() => page.due && refresh(page));
}

/** Brings everything that follows an expression up to date now. */
export function refresh(page: Page): void {
  page.due = false;
  keepingFocus(page, () => {
    for (const part of page.parts) part.update(page, null);
  });
}

/** Finds anew what follows expressions, after the server's markup changed. */
export function rescan(page: Page): void {
  for (const part of page.parts) part.retire?.();
  page.parts = scan(page, page.root);
}

/** Shows new markup of the server, with everything that follows expressions in it, in one go. */
export function showBody(page: Page, html: string): void {
  keepingFocus(page, () => {
    patch(page.root, html);
    rescan(page);
    refresh(page);
  });
}

/** Shows what a reply says of the page, the title included. */
export function showDocument(page: Page, { title, body }: Shown): void {
  if (title !== null) document.title = title;
  if (body !== null) showBody(page, body);
}
