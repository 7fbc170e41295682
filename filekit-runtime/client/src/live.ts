/**
 * Shows what changes without an event of this document, as long as somebody can see it; the server finds out what that is.
 */
import { performAll } from "./actions.ts";
import { ATTRIBUTES, PATHS } from "./names.ts";
import type { Page } from "./page.ts";
import { readLine } from "./reply.ts";
import { addressOf } from "./server.ts";
import { stampOf } from "./shown.ts";

/** How long to wait before a connection that ended is opened again: at first, and at most. */
const SHORT_MS = 1000;
const LONG_MS = 30_000;

/**
 * Follows the server:
 *
 *   while the document is visible, have one connection
 *     when something comes: show it
 *     when it ends: open another after a while, twice as long as the last time, for the version that is shown then
 *   while it is hidden, have none: browsers have few
 */
export function follow(page: Page): void {
  if (!document.body.hasAttribute(ATTRIBUTES.live)) return;
  let close: (() => void) | null = null;
  let wait = SHORT_MS;
  const open = (): void => {
    if (document.hidden) close = close?.() ?? null;
    else close ??= page.network.follow(`${page.base + PATHS.live}?${new URLSearchParams({ page: addressOf(), instance: stampOf(page) })}`, { onOpen, onText, onEnd });
  };
  const onOpen = (): void => void (wait = SHORT_MS);
  const onText = async (text: string): Promise<void> => {
    const line = readLine(page, text);
    // Another document has our name: browsers can duplicate one.
    if (line?.replaced) await page.sync(page, true);
    await performAll(page, line?.actions ?? null, null);
  };
  const onEnd = (): void => {
    close = null;
    // Whoever lost the same server does not come back all at once.
    setTimeout(open, (wait * (1 + Math.random())) / 2);
    wait = Math.min(wait * 2, LONG_MS);
  };
  document.addEventListener("visibilitychange", open);
  open();
}
