/**
 * Shows a program that was started anew in place of an error of an earlier one. Nothing was typed or chosen there, so the page is loaded
 * again.
 */
import { ATTRIBUTES } from "../names.ts";

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
export function follow(url: URL): void {
  let source: EventSource | null = null;
  const close = (): void => {
    source?.close();
    source = null;
  };
  const open = (): void => {
    if (document.hidden) return close();
    if (source) return;
    source = new EventSource(url);
    source.onmessage = ({ data }) => void (data !== document.body.getAttribute(ATTRIBUTES.program) && loadAgain(() => true));
    source.onerror = () => {
      if (source?.readyState === EventSource.CLOSED) void loadAgain(({ ok }) => ok);
      close();
      setTimeout(open, WAIT_MS);
    };
  };
  document.addEventListener("visibilitychange", open);
  open();
}

/** Loads the page again if the program answers so; it may have ended since, and then there would be nothing that follows it. */
async function loadAgain(isWanted: (answer: Response) => boolean): Promise<void> {
  const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
  if (answer && isWanted(answer)) location.reload();
}
