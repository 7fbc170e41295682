/**
 * Files that go to the store by themselves, in parts of which a few are on their way at a time. The server says which are missing,
 * and signs a URL for each; it sees no byte of them.
 */
import type { Job, JobPart, Page } from "../page/page.ts";
import type { Answered } from "../talk/reply.ts";
import type { Sending } from "../upload/request.ts";
import { gone } from "./bytes.ts";
import { lent } from "./lent.ts";
import { isPassing, type Upload } from "./upload.ts";
import { BROKEN, isPaused, PROGRESS, type Result } from "./wait.ts";

/** How many parts are on their way at a time: at first, on a quick line, and on a slow one, where a break is to cost little. */
export const LANES = 2;
const QUICK_LANES = 4;
const SLOW_LANES = 1;
/** A line is quick if a part takes no longer. */
const QUICK_MS = 5000;

/** How many parts are asked for at a time: as many as are sent before what signs them expires. */
const MOST = 16;

/** The answer to the question what is missing of a file. */
interface Missing {
  readonly missing: readonly Part[];
  /** How many bytes are there of the parts up to here. */
  readonly there: number;
  /** Behind which part to ask again; left out at the end. */
  readonly behind?: number;
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends what is missing of all files that go to the store, or as much as gets through. */
export async function store(sending: Sending, upload: Upload): Promise<Result> {
  const { direct, parts, url } = upload;
  let there = 0;
  let isProgress = false;
  for (const nth of direct) {
    const { content } = (parts[nth] as JobPart).file;
    for (let behind: number | undefined = 0; behind !== undefined; ) {
      const answer = await lent.ask(sending, url, question(nth, behind, MOST), {});
      const told: Missing | null = missingIn(answer);
      if (!told) return unanswered(sending, upload, answer);
      there += told.there;
      const sent = await put(sending, upload, told.missing, content, there);
      const failed = sent.find(({ status }) => !isThere(status));
      isProgress ||= sent.some(({ status }) => isThere(status));
      if (failed) return broke(sending, upload, failed, isProgress);
      for (const { start, end } of told.missing) there += end - start;
      behind = told.behind;
    }
  }
  upload.isStored = true;
  upload.breaks = 0;
  return PROGRESS;
}

/** Returns how many bytes the store has of a file. */
export async function storedBytes(page: Page, url: string, nth: number): Promise<number> {
  let there = 0;
  for (let behind: number | undefined = 0; behind !== undefined; ) {
    const told: Missing | null = missingIn(await lent.exchange(page, url, question(nth, behind, 0)));
    there += told?.there ?? 0;
    behind = told?.behind;
  }
  return there;
}

function question(file: number, behind: number, most: number): string {
  return JSON.stringify({ file, behind, most });
}

function missingIn(answer: Answered | null): Missing | null {
  const told = answer?.line as Partial<Missing> | null | undefined;
  return told?.missing ? (told as Missing) : null;
}

/** Whether a part is there by now; one that would be written over was there before. */
function isThere(status: number): boolean {
  return (status >= 200 && status < 300) || status === 412;
}

function unanswered(sending: Sending, upload: Upload, answer: Answered | null): Result {
  if (answer?.status === 404) return gone(sending, upload);
  return !answer || isPassing(answer) ? BROKEN : lent.replyOf(answer);
}

/** What became of a part; its status is 0 if there was no answer. */
interface Put {
  readonly status: number;
  readonly answer: Answered | null;
}

/** Sends parts, and shows how many bytes there are, with those that were there before. Behind one that fails no more begin. */
async function put(sending: Sending, upload: Upload, missing: readonly Part[], content: Blob, there: number): Promise<Put[]> {
  const { job } = sending;
  const sent = missing.map(() => 0);
  const show = (): void => lent.sentSome(sending, upload.meter, upload.have, sent.reduce((sum, each) => sum + each, there), false);
  const running = new Set<Job>();
  const results: Put[] = [];
  let next = 0;
  const putOne = async (nth: number): Promise<void> => {
    const { start, end, url, headers } = missing[nth] as Part;
    const begun = performance.now();
    // Each has an end of its own, and the job ends all of them.
    const own = Object.create(job) as Job;
    running.add(own);
    const onProgress = (bytes: number): void => {
      sent[nth] = bytes;
      show();
    };
    const asked = lent.ask({ ...sending, job: own }, url, content.slice(start, end), { method: "PUT", headers, onProgress });
    job.halt = () => {
      for (const each of running) each.halt();
    };
    const answer = await asked;
    running.delete(own);
    const status = answer?.status ?? 0;
    results.push({ status, answer });
    if (!isThere(status)) next = missing.length;
    upload.lanes = performance.now() - begun < QUICK_MS ? QUICK_LANES : SLOW_LANES;
  };
  show();
  await new Promise<void>((resolve) => {
    const begin = (): void => {
      while (next < missing.length && running.size < upload.lanes) {
        void putOne(next).then(begin);
        next += 1;
      }
      if (running.size === 0) resolve();
    };
    begin();
  });
  return results;
}

/** What to do when a part did not get through. A URL may have expired; a second refusal is one. */
function broke(sending: Sending, upload: Upload, { status, answer }: Put, isProgress: boolean): Result {
  if (sending.signal.aborted || isPaused(sending)) return BROKEN;
  if (isProgress) upload.breaks = 0;
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (isRefusal && (upload.breaks += 1) > 2) return lent.replyOf(answer);
  return BROKEN;
}
