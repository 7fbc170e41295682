/**
 * Remembers that this page was left without its visitor's doing, so that no page is loaded again and again.
 */
import { OUT_OF_DATE } from "../names.ts";
import type { Page } from "../page/page.ts";

const KEY = "filekit.reloaded ";

/** Reloads a page that is out of date: once, until an event succeeds again. Returns whether it did. */
export function reloads({ network }: Page, code: string): boolean {
  const isStale = code === OUT_OF_DATE && isFirstTime();
  if (isStale) network.reload();
  return isStale;
}

/** Tells whether this is the first time that the page is left since an event succeeded on it. */
export function isFirstTime(): boolean {
  try {
    const key = KEY + location.href;
    const isFirst = !sessionStorage.getItem(key);
    sessionStorage.setItem(key, "1");
    return isFirst;
  } catch {
    // Without storage there is no telling, and a page that reloads for ever is worse than a message.
    return false;
  }
}

export function forgetReload(): void {
  try {
    sessionStorage.removeItem(KEY + location.href);
  } catch {
    // Nothing was remembered.
  }
}
