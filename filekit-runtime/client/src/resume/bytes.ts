/**
 * The bytes of an upload: which of them are there, and the others, in as many requests as it takes.
 */
import { HEADERS, MEDIA } from "../names.ts";
import type { Job, Page } from "../page/page.ts";
import type { Answered, Reply } from "../talk/reply.ts";
import { stampOf } from "../talk/shown.ts";
import type { Sending } from "../upload/request.ts";
import { lent } from "./lent.ts";
import { forget } from "./memory.ts";
import { isPassing, type Upload } from "./upload.ts";
import { BROKEN, isPaused, PROGRESS, REACHED, type Result } from "./wait.ts";

export const COMPLETE = "?1";
/** What the server says of an upload that it, or the store, has no more. */
const GONE = "upload.gone";
/** The least bytes of a piece. */
const LEAST = 1 << 20;

/** How many bytes a request may have at most, as far as a page has learnt. */
const pieces = new WeakMap<Page, number>();

/** Jobs of which an upload was not there any more. That happens to one that waits for long, but hardly twice. */
const lost = new WeakSet<Job>();

/** Asks which bytes are there. */
export async function find(sending: Sending, upload: Upload): Promise<Result> {
  const answer = await lent.ask(sending, upload.url, null, { method: "HEAD" });
  // How long the line was away is no measure of its rate.
  Object.assign(upload.meter, { at: performance.now(), before: upload.meter.sent });
  return (answer && reached(upload, answer)) ?? (answer?.status === 404 ? gone(sending, upload) : BROKEN);
}

/** Notes how many bytes are there, if an answer says it. They are fewer than before if the server was killed. */
function reached(upload: Upload, { header }: Answered): Result | null {
  const told = header(HEADERS.offset);
  if (told === null) return null;
  const isProgress = Number(told) > upload.told;
  upload.offset = upload.told = Number(told);
  upload.isEnded = header(HEADERS.complete) === COMPLETE;
  upload.isSent &&= upload.isEnded;
  if (isProgress) upload.breaks = 0;
  return isProgress ? PROGRESS : REACHED;
}

/** Sends as many of the missing bytes as a request may have; if there are none, it asks for what became of them. */
export async function append(sending: Sending, upload: Upload, offset: number): Promise<Result> {
  const { page } = sending;
  const { url, have, body, length, meter } = upload;
  const end = upload.isEnded ? offset : Math.min(offset + (pieces.get(page) ?? length), length);
  const complete = upload.isEnded || end === length ? COMPLETE : "?0";
  const headers = { "Content-Type": MEDIA.partial, [HEADERS.offset]: `${offset}`, [HEADERS.complete]: complete, [HEADERS.instance]: stampOf(page) };
  const onProgress = (sent: number, all: number): void => {
    upload.isSent = complete === COMPLETE && sent >= all;
    lent.sentSome(sending, meter, have, upload.ahead + offset + sent, upload.isSent);
  };
  onProgress(0, end - offset);
  upload.offset = null;
  const answer = await lent.ask(sending, url, body.slice(offset, end), { method: "PATCH", headers, onProgress });
  return (answer && read(sending, upload, answer, offset, end - offset)) ?? broke(sending, upload, end - offset);
}

/** Returns what an answer to bytes means; null if it is none of the server's, or not the whole of it. */
function read(sending: Sending, upload: Upload, answer: Answered, offset: number, tried: number): Result | null {
  const { status, line, header } = answer;
  // Other answers tell that the bytes are complete, and where.
  const isEvent = line?.actions ?? line?.error;
  if (isEvent && header(HEADERS.complete) === COMPLETE) return line?.error?.code === GONE ? gone(sending, upload) : over(upload, lent.replyOf(answer));
  const result = reached(upload, answer);
  // To be told the same offset again and again would have no end.
  if (result !== null) return upload.offset === offset && !(upload.isEnded && tried) ? BROKEN : result;
  if (status === 404) return gone(sending, upload);
  if (status === 413 && !isEvent && shrinks(sending.page, tried)) return REACHED;
  // Something may be missing in the store.
  upload.isStored = false;
  return isPassing(answer) ? null : lent.replyOf(answer);
}

/** An upload that has expired is begun anew, unless its event may have happened. */
export function gone({ job }: Sending, upload: Upload): Result {
  const isOver = upload.isSent || lost.has(job);
  lost.add(job);
  return over(upload, isOver ? lent.broken() : BROKEN);
}

function over<R extends Reply | typeof BROKEN>({ url }: Upload, result: R): R {
  forget(url);
  return result;
}

/**
 * Looks how far a request came that broke off. A proxy that takes in a body before it passes it on lets nothing through
 * of one that breaks off, and one that refuses it at its beginning is not heard by every browser.
 */
async function broke(sending: Sending, upload: Upload, tried: number): Promise<Result> {
  const { page, signal } = sending;
  if (signal.aborted || isPaused(sending)) return BROKEN;
  const found = await find(sending, upload);
  if (found !== REACHED || upload.isEnded) return found;
  if (!lent.isOffline() && (upload.breaks += 1) > 1) shrinks(page, tried);
  return BROKEN;
}

/** Makes pieces half as large as the one that was tried, if they may be smaller. */
function shrinks(page: Page, tried: number): boolean {
  pieces.set(page, Math.max(LEAST, tried >> 1));
  return tried > LEAST;
}
