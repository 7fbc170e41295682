/**
 * Loads the module that goes on after breaks, and declares the interface between it and those before it. The module is
 * `resume/`.
 *
 * What is small and goes through at once does without it.
 */
import { changed, type Job, type Page, uploadState } from "../page/page.ts";
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
    await new Promise<void>((resolve) => {
      job.halt = resolve;
      signal.addEventListener("abort", () => resolve());
      setTimeout(resolve, wait);
    });
  }
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
