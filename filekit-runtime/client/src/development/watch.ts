/**
 * Shows a program that was started anew in a document that an earlier one has made. The server side is `routes/development.rs`.
 */
import { ATTRIBUTES, NETWORK, PATHS } from "../names.ts";
import type { Page } from "../page/page.ts";
import { stampOf } from "../talk/shown.ts";
import { createNotice } from "./notice.ts";
import { statusOfPage } from "./status.ts";
import { AWAY, failing } from "./words.ts";

/** How long to wait before a connection that ended is opened again, at first and at most. Compilers take their time. */
const SHORT_MS = 100;
const LONG_MS = 500;
/** An absence too short to be worth a message. */
const NOTED_MS = 1500;

/**
 * Follows the program:
 *
 *   while the document is visible, have one connection
 *     when it says that another start of the program answers than the one that is shown: show that
 *     when it ends: open another soon, and say so if there is none for a while
 */
export function watch(page: Page): void {
  let shown = document.body.getAttribute(ATTRIBUTES.program) as string;
  let close: (() => void) | null = null;
  let wait = SHORT_MS;
  let isAway = false;
  const notice = createNotice(page);
  const open = (): void => {
    if (document.hidden) close = close?.() ?? null;
    else close ??= page.network.follow(page.base + PATHS.development, { onOpen: () => undefined, onText, onEnd });
  };
  const onText = async (program: string): Promise<void> => {
    notice.clear();
    wait = SHORT_MS;
    if (program !== shown && (await show(page, shown, program, notice.say))) shown = program;
    if (isAway) wakeOthers();
    isAway = false;
  };
  const onEnd = (isRefused: boolean): void => {
    close = null;
    isAway = true;
    // What refuses is there: a proxy, or a program that is not in development any more.
    if (!isRefused) notice.sayLater(AWAY, NOTED_MS);
    setTimeout(open, wait);
    wait = Math.min(wait * 2, LONG_MS);
  };
  document.addEventListener("visibilitychange", open);
  open();
}

/**
 * Shows what another start of the program has for the page; returns whether that is done:
 *
 *   what is around the view is another: load the page again
 *   else ask for the view, which is shown as any other, and for the style sheets in it
 *     the program is away again: the next connection tries once more
 *     the view was not shown: load the page again if there is one, else say so and keep what is there
 */
async function show(page: Page, before: string, program: string, say: (text: string) => void): Promise<boolean> {
  if (frameOf(before) !== frameOf(program)) {
    page.network.reload();
    return true;
  }
  const stamp = stampOf(page);
  const reply = await page.sync(page, false, true);
  if (stampOf(page) !== stamp) {
    loadStyles(page, program);
    return true;
  }
  // What was asked before may be on its way to the program that is no more.
  if (!reply) return pause(SHORT_MS).then(() => show(page, before, program, say));
  if (reply.kind === "refused" && reply.code === NETWORK) return false;
  const isLed = reply.kind === "done" && reply.actions.length > 0;
  if (!isLed) await loadAgain(page, say);
  return true;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Scripts, default style and words: what a document has around its view. */
function frameOf(program: string): string | undefined {
  return program.split(".")[1];
}

/** Loads the page again if there is one; an error in its place would take what was typed and chosen along. */
async function loadAgain({ network }: Page, say: (text: string) => void): Promise<void> {
  const status = await statusOfPage(network);
  if (status === null) return;
  if (status < 400) network.reload();
  else say(failing(status));
}

/** Loads the page's own style sheets again: what is new may have the URL of before. Browsers load one whose link is another. */
function loadStyles({ root }: Page, program: string): void {
  for (const link of root.querySelectorAll("link[rel~=stylesheet]")) {
    const [url] = (link.getAttribute("href") ?? "").split("#");
    link.setAttribute("href", `${url}#${program}`);
  }
}

/** Lets what waits for the connection not wait longer: documents that follow their state, and uploads. */
function wakeOthers(): void {
  document.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event("online"));
}
