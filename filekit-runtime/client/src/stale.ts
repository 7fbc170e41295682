/**
 * Remembers that this page was reloaded because the server called it out of date, so that it never reloads for ever.
 */
import { OUT_OF_DATE } from "./names.ts";
import type { Page } from "./page.ts";

const KEY = "filekit.reloaded";

/** Reloads a page that is out of date: once, until an event succeeds again. Returns whether it did. */
export function reloads({ network }: Page, code: string): boolean {
  try {
    if (code !== OUT_OF_DATE || sessionStorage.getItem(KEY) === location.href) return false;
    sessionStorage.setItem(KEY, location.href);
    network.reload();
    return true;
  } catch {
    // Without storage there is no telling, and a page that reloads for ever is worse than a message.
    return false;
  }
}

export function forgetReload(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was remembered.
  }
}
