/**
 * Remembers that this page was reloaded because the server called it out of date, so that it never reloads for ever.
 */

const KEY = "filekit.reloaded";

/** Whether an out-of-date page may reload itself: once, until an event succeeds again. */
export function mayReload(): boolean {
  try {
    if (sessionStorage.getItem(KEY) === location.href) return false;
    sessionStorage.setItem(KEY, location.href);
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
