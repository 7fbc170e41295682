/**
 * Files that go to the store by themselves, in parts of which a few are on their way at a time. The server says which are missing,
 * and signs a URL for each; it sees no byte of them.
 */
import type { Job, JobPart, Page } from "../page/page.ts";
import type { Answered } from "../talk/reply.ts";
import type { Body } from "../talk/transport.ts";
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

/** Sends what is missing of all files that go to the store, or as much as gets through. While parts are on their way, more are asked for. */
export async function store(sending: Sending, upload: Upload): Promise<Result> {
  const lanes = newLanes(sending, upload);
  for (const nth of upload.direct) {
    const { content } = (upload.parts[nth] as JobPart).file;
    for (let behind: number | undefined = 0; behind !== undefined; ) {
      const answer = await lanes.ask(question(nth, behind, MOST));
      const told: Missing | null = missingIn(answer);
      if (!told) {
        await lanes.end();
        return unanswered(sending, upload, answer);
      }
      lanes.there(told.there);
      for (const part of told.missing) {
        await lanes.room();
        if (!lanes.failed()) lanes.put(part, content);
      }
      behind = lanes.failed() ? undefined : told.behind;
    }
    if (lanes.failed()) break;
  }
  await lanes.end();
  const failed = lanes.failed();
  if (failed) return broke(sending, upload, failed, lanes.isProgress());
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

function unanswered(sending: Sending, upload: Upload, answer: Answered | null): Result {
  if (answer?.status === 404) return gone(sending, upload);
  return !answer || isPassing(answer) ? BROKEN : lent.replyOf(answer);
}

/** What became of a part; its status is 0 if there was no answer. */
interface Put {
  readonly status: number;
  readonly answer: Answered | null;
}

/** Parts on their way to the store. Behind one that fails no more should begin. */
interface Lanes {
  /** Asks the server. */
  ask(body: string): Promise<Answered | null>;
  /** Counts bytes that were there before. */
  there(bytes: number): void;
  /** Waits until one more part may begin. */
  room(): Promise<void>;
  /** Begins to send a part of a file. */
  put(part: Part, content: Blob): void;
  /** Waits until no part is on its way. */
  end(): Promise<void>;
  failed(): Put | null;
  isProgress(): boolean;
}

function newLanes(sending: Sending, upload: Upload): Lanes {
  const { job } = sending;
  const halts = new Set<Job>();
  const running = new Set<Promise<void>>();
  const sent: number[] = [];
  let before = 0;
  let failed: Put | null = null;
  let isProgress = false;
  const show = (): void => lent.sentSome(sending, upload.meter, upload.have, sent.reduce((sum, each) => sum + each, before), false);
  // Each request has an end of its own, and the job ends all of them.
  const ask = async (url: string, body: Body, watch: Parameters<typeof lent.ask>[3]): Promise<Answered | null> => {
    const own = Object.create(job) as Job;
    halts.add(own);
    const asked = lent.ask({ ...sending, job: own }, url, body, watch);
    job.halt = () => {
      for (const each of halts) each.halt();
    };
    const answer = await asked;
    halts.delete(own);
    return answer;
  };
  const send = async ({ start, end, url, headers }: Part, content: Blob, nth: number): Promise<void> => {
    const begun = performance.now();
    const onProgress = (bytes: number): void => {
      sent[nth] = bytes;
      show();
    };
    const answer = await ask(url, content.slice(start, end), { method: "PUT", headers, onProgress });
    const status = answer?.status ?? 0;
    const isThere = status >= 200 && status < 300;
    sent[nth] = isThere ? end - start : 0;
    isProgress ||= isThere;
    if (!isThere) failed ??= { status, answer };
    upload.lanes = performance.now() - begun < QUICK_MS ? QUICK_LANES : SLOW_LANES;
  };
  return {
    ask: (body) => ask(upload.url, body, {}),
    there(bytes) {
      before += bytes;
      show();
    },
    async room() {
      while (running.size >= upload.lanes) await Promise.race(running);
    },
    put(part, content) {
      const sending = send(part, content, sent.push(0) - 1);
      running.add(sending);
      void sending.then(() => running.delete(sending));
    },
    async end() {
      await Promise.all(running);
    },
    failed: () => failed,
    isProgress: () => isProgress,
  };
}

/** What to do when a part did not get through. A URL may have expired; a second refusal is one. */
function broke(sending: Sending, upload: Upload, { status, answer }: Put, isProgress: boolean): Result {
  if (sending.signal.aborted || isPaused(sending)) return BROKEN;
  if (isProgress) upload.breaks = 0;
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (isRefusal && (upload.breaks += 1) > 2) return lent.replyOf(answer);
  return BROKEN;
}
