/**
 * Shows what changes without an event of this document, as long as it is visible. The server
 * side is `routes/live.rs`.
 */
import { ATTRIBUTES, PATHS } from "../names.ts";
import type { Page } from "../page/page.ts";
import { readLine } from "./reply.ts";
import { addressOf, stampOf } from "./shown.ts";
import { isFirstTime } from "./stale.ts";

/** How long to wait before a connection that ended is opened again: at first, at most, and at most where it is refused. */
const SHORT_MS = 1000;
const LONG_MS = 30_000;
const REFUSED_MS = 300_000;
/** A connection, or a document, that has been there for so long is none that ends each time at once. */
const STEADY_MS = 10_000;

/**
 * Follows the server:
 *
 *   while the document is visible, have one connection
 *     when something comes: show it
 *     when it ends: open another after a while, twice as long as the last time, for the version that is shown then
 *       if it has held for a while, begin with a short time again
 *     when something comes that is past: another server has shown more since; open one for that, at once
 *   while it is hidden, have none: browsers have few
 */
export function follow(page: Page): void {
  if (!document.body.hasAttribute(ATTRIBUTES.live)) return;
  let close: (() => void) | null = null;
  let wait = SHORT_MS;
  let steady: ReturnType<typeof setTimeout>;
  const open = (): void => {
    if (document.hidden) close = close?.() ?? null;
    else close ??= page.network.follow(`${page.base + PATHS.live}?${new URLSearchParams({ page: addressOf(), instance: stampOf(page) })}`, { onOpen, onText, onEnd });
  };
  const onOpen = (): void => void (steady = setTimeout(() => (wait = SHORT_MS), STEADY_MS));
  const onText = async (text: string): Promise<void> => {
    const line = readLine(page, text, () => {
      close = close?.() ?? null;
      open();
    });
    // Another document has our name: browsers can duplicate one.
    if (line?.replaced) await page.sync(page, true);
    const actions = line?.actions ?? [];
    // Pages may send their visitor to each other: slowly, then.
    if (actions.length > 0 && (performance.now() > STEADY_MS || isFirstTime())) await page.perform(page, actions, null);
  };
  const onEnd = (isRefused: boolean): void => {
    clearTimeout(steady);
    close = null;
    // Clients that lost the same server do not connect again all at once.
    setTimeout(open, (wait * (1 + Math.random())) / 2);
    wait = Math.min(wait * 2, isRefused ? REFUSED_MS : LONG_MS);
  };
  document.addEventListener("visibilitychange", open);
  open();
}
