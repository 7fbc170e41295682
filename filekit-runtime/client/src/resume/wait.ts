/**
 * Tries again and again, as long as it makes sense, and shows meanwhile that it waits.
 */
import type { Job, Page } from "../page/page.ts";
import { CANCELLED, type Reply } from "../talk/reply.ts";
import { filesOf } from "../upload/jobs.ts";
import type { Sending } from "../upload/request.ts";
import { lent } from "./lent.ts";
import { say } from "./words.ts";

/** How long to wait before another try, at first and at most. */
const SHORT_MS = 500;
const LONG_MS = 30_000;
/** So long nothing gets through before an upload has failed; only time counts in which the browser is online. */
const PATIENCE_MS = 300_000;
/** What one try counts for at most: computers sleep. */
const TRY_MS = 60_000;

/** What a try has come to: nothing got through; the server is there, but has no more bytes; it has more than ever. */
export const BROKEN = 0;
export const REACHED = 1;
export const PROGRESS = 2;
export type Result = Reply | typeof BROKEN | typeof REACHED | typeof PROGRESS;

/** Jobs of whose waiting the visitor was told. */
const told = new WeakSet<Job>();

/**
 * Takes steps until one brings the reply, the first of which may have broken off already:
 *
 *   while the visitor has paused it: wait
 *   after a step that got through: take the next at once
 *   after one that did not: look whether the files are as they were, wait, each time twice as long
 *   after minutes without progress: it has failed
 */
export async function persist(sending: Sending, step: () => Promise<Result>, isBroken = false): Promise<Reply> {
  const { page, job, signal, look } = sending;
  let wait = SHORT_MS;
  let idle = 0;
  while (!signal.aborted) {
    const begun = Date.now();
    const result = isPaused(sending) ? await lent.rest(job, signal) : isBroken ? BROKEN : await step();
    isBroken = false;
    if (typeof result === "object") return result;
    // It was halted, or goes on after a pause.
    if (signal.aborted || isPaused(sending) || result === undefined) continue;
    if (result === PROGRESS) [wait, idle] = [SHORT_MS, 0];
    if (result !== BROKEN) {
      arrive(page, job);
      continue;
    }
    await look();
    if (signal.aborted) break;
    if (idle > PATIENCE_MS) return lent.broken();
    const isLong = wait >= lent.NOTED_MS || lent.isOffline();
    lent.hold(page, job, { isWaiting: true });
    if (isLong && !told.has(job)) lent.tellWaiting(page);
    if (isLong) told.add(job);
    const pause = (wait * (1 + Math.random())) / 2;
    idle += Math.min(Date.now() - begun, TRY_MS) + (lent.isOffline() ? 0 : pause);
    await lent.rest(job, signal, pause);
    wait = Math.min(wait * 2, LONG_MS);
  }
  return CANCELLED;
}

export function isPaused({ page, job }: Pick<Sending, "page" | "job">): boolean {
  return job.ids.some((id) => lent.uploadState(page, id).isPaused);
}

/** Shows that a job goes on. */
export function move(page: Page, job: Job): void {
  for (const file of filesOf(job)) lent.setStatus(file, "uploading");
  for (const id of job.ids) Object.assign(lent.uploadState(page, id), { isPaused: false, isWaiting: false });
  lent.changed(page);
}

function arrive(page: Page, job: Job): void {
  if (job.ids.some((id) => lent.uploadState(page, id).isWaiting)) move(page, job);
  if (told.delete(job)) say(page, "client.resumed");
}
