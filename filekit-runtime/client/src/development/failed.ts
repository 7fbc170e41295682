/**
 * Shows a program that was started anew in place of an error of an earlier one. Nothing was typed or chosen there, so the page is loaded
 * again.
 */
import { ATTRIBUTES } from "../names.ts";
import type { Transport } from "../talk/transport.ts";
import { statusOfPage } from "./status.ts";

/** How long to wait before a connection that ended is opened again: compilers take their time. */
const WAIT_MS = 500;

/**
 * Follows the program at `url`:
 *
 *   while the document is visible, have one connection
 *     when it says that another start of the program answers than the one that has failed: load the page again
 *     when it ends: open another soon
 *     when it is refused, the program may be there without development: load the page again if there is one
 */
export function awaitNext(network: Transport, url: string): void {
  let close: (() => void) | null = null;
  const open = (): void => {
    if (document.hidden) close = close?.() ?? null;
    else close ??= network.follow(url, { onOpen: () => undefined, onText, onEnd });
  };
  // The program may have ended since, and nothing would follow what a browser shows then.
  const loadAgain = async (isWanted: (status: number) => boolean): Promise<void> => {
    const status = await statusOfPage(network);
    if (status !== null && isWanted(status)) network.reload();
  };
  const onText = (program: string): void => {
    if (program !== document.body.getAttribute(ATTRIBUTES.program)) void loadAgain(() => true);
  };
  const onEnd = (isRefused: boolean): void => {
    close = null;
    if (isRefused) void loadAgain((status) => status < 400);
    setTimeout(open, WAIT_MS);
  };
  document.addEventListener("visibilitychange", open);
  open();
}
