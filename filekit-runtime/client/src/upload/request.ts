/**
 * The requests by which files are sent: each can be ended by itself, and ends by itself when nothing moves any more.
 */
import { HEADERS } from "../names.ts";
import type { Job, JobPart, Page } from "../page/page.ts";
import { type Answered, exchange } from "../talk/reply.ts";
import type { Body, Watch } from "../talk/transport.ts";

/** One try to send the files of a job. */
export interface Sending {
  readonly page: Page;
  readonly job: Job;
  readonly parts: readonly JobPart[];
  /** Aborted when other files are to be sent, or none. */
  readonly signal: AbortSignal;
  /** Looks whether the files are as they were chosen; if not, this aborts. */
  readonly look: () => Promise<void>;
}

/** So long nothing moves on a connection that is no more. Slow lines take in bytes in portions, some of them seconds apart. */
const STALL_MS = 60_000;
const LOOK_MS = 5000;
/** If it was not looked for so long, the computer has slept. Browsers let pages that are not seen look once a minute. */
const SLEEP_MS = 150_000;

/**
 * Sends a request of a job; null if there was no answer. How long an answer takes, once all was sent, is the event's business.
 * But if the computer has slept meanwhile, none may ever come.
 */
export async function ask({ page, job, signal }: Sending, url: string, body: Body, { onProgress, ...watch }: Omit<Watch, "onText">): Promise<Answered | null> {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const isLast = watch.headers?.[HEADERS.complete] === "?1";
  // Other clocks may stand still while a computer sleeps.
  let looked = Date.now();
  // Of a body without bytes nothing is told.
  let moved = isLast && (body as Blob).size === 0 ? Infinity : looked;
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - moved > STALL_MS || now - looked > SLEEP_MS) end();
    looked = now;
  }, LOOK_MS);
  job.halt = end;
  signal.addEventListener("abort", end);
  const answer = await exchange(page, url, body, {
    ...watch,
    signal: controller.signal,
    onProgress(sent, total) {
      if (controller.signal.aborted) return;
      moved = isLast && sent >= total ? Infinity : Date.now();
      onProgress?.(sent, total);
    },
  });
  clearInterval(timer);
  signal.removeEventListener("abort", end);
  return answer;
}
