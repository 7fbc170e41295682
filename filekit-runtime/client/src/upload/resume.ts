/**
 * Loads the module that goes on after breaks, and declares the interface between it and those before it. The module is
 * `resume/`.
 *
 * What is small and goes through at once does without it.
 */
import { EXPRESSIONS } from "../names.ts";
import { changed, type Job, type Page, uploadState } from "../page/page.ts";
import { text } from "../page/words.ts";
import type { Reply } from "../talk/reply.ts";
import type { Lent } from "../transfer/lend.ts";
import { type SelectedFile, setStatus } from "./files.ts";
import { filesOf } from "./jobs.ts";
import type { Sending } from "./request.ts";
import { storeKey } from "./stored.ts";

/** The interface of the third module. */
export interface Resume {
  /** Lends it what has a state that only one copy may have, before anything else. */
  borrow(lent: Lent): void;
  /** Sends files until there is a reply; `again` sends them in one request, which has broken off. */
  send(sending: Sending, again: (() => Promise<Reply | null>) | null): Promise<Reply>;
  /** Pauses what is being sent for an id; nothing else of it changes. */
  pause(page: Page, id: string): void;
  /** Goes on with what was paused, and at once with what waits for the connection. */
  goOn(page: Page, id: string): void;
  /** Takes files that were chosen for those that they are of uploads from before. */
  adopt(page: Page, id: string, files: readonly SelectedFile[]): void;
  /** Looks for the unfinished uploads of an id. It is called for each zone that is found, and looks once for each id. */
  recall(page: Page, id: string): Promise<void>;
  /** Forgets the unfinished uploads of an id, here and on the server. */
  discard(page: Page, id: string): void;
}

/** How long to wait before the module is asked for again, at first and at most. */
const SHORT_MS = 500;
const LONG_MS = 120_000;
/** A wait that is not over when a visitor begins to wonder. */
export const NOTED_MS = 2000;

/** Returns the third module, or null if it cannot be loaded at present, or has nothing to do without the second. */
export async function loadResume(page: Page): Promise<Resume | null> {
  const { lent, network } = page;
  if (!lent) return null;
  page.resume ??= network.resume().then(
    (resume) => {
      resume.borrow(lent);
      return resume;
    },
    () => (page.resume = null),
  );
  return page.resume;
}

/** Has the third module do something with an upload. */
export function withResume(what: "pause" | "goOn" | "discard" | "recall"): (page: Page, id: string) => Promise<void> {
  return async (page, id) => (await loadResume(page))?.[what](page, id);
}

const recall = withResume("recall");

/** Looks for unfinished uploads of an id. Most pages have nothing to remember. */
export async function recallUploads(page: Page, id: string): Promise<void> {
  if (hasStored()) await recall(page, id);
}

function hasStored(): boolean {
  try {
    return storeKey() in localStorage;
  } catch {
    // There is no store.
    return false;
  }
}

/** Returns the module for files that wait for it; what keeps them from being sent may keep it away, too. */
export async function awaitResume({ page, job, signal }: Sending): Promise<Resume | null> {
  for (let wait = SHORT_MS; ; wait *= 2) {
    const resume = await loadResume(page);
    if (resume || signal.aborted || wait > LONG_MS) return resume;
    hold(page, job, { isWaiting: true });
    if (wait === NOTED_MS || isOffline()) tellWaiting(page);
    await rest(job, signal, wait);
  }
}

/** Waits for so long, or until the browser is online again; without a time until it is woken. */
export function rest(job: Job, signal: AbortSignal, ms?: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => resolve();
    job.wake = end;
    signal.addEventListener("abort", end);
    if (ms === undefined) return;
    window.addEventListener("online", end, { once: true });
    if (!isOffline()) setTimeout(end, ms);
  });
}

export function isOffline(): boolean {
  return navigator.onLine === false;
}

/** Tells a visitor that an upload waits. */
export function tellWaiting(page: Page): void {
  tell(page, text("client.waiting"), EXPRESSIONS.is_waiting);
}

/** Says something to all visitors; only to those who do not see it if the page shows it itself, by an expression of that name. */
export function tell(page: Page, words: string, name: string): void {
  if (page.root.innerHTML.includes(name)) page.announce(words);
  else page.toast("info", words);
}

/** Shows that a job stands still, and why. */
export function hold(page: Page, job: Job, why: { readonly isPaused?: true; readonly isWaiting?: true }): void {
  for (const file of filesOf(job)) setStatus(file, why.isPaused ? "paused" : "waiting");
  for (const id of job.ids) {
    const state = uploadState(page, id);
    Object.assign(state, { isWaiting: false, ...why, progress: { ...state.progress, rate_text: "", eta_text: "" } });
  }
  changed(page);
}
