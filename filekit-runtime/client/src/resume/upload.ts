/**
 * An upload that the server knows, and what its answers mean.
 */
import type { Job, JobPart } from "../page/page.ts";
import type { Answered } from "../talk/reply.ts";
import type { Meter } from "../transfer/progress.ts";

export interface Upload {
  readonly url: string;
  readonly job: Job;
  readonly parts: readonly JobPart[];
  /** The bytes of each file that were there before; none of those that go to the store. */
  readonly have: readonly number[];
  /** The numbers of the files that go to the store by themselves, and how many bytes those have. */
  readonly direct: readonly number[];
  readonly ahead: number;
  /** The rest of all files, and how many bytes that is. */
  readonly body: Blob;
  readonly length: number;
  readonly meter: Meter;
  /** How many bytes of the body are there; null while it is not known. */
  offset: number | null;
  /** How many were, when the server last told. */
  told: number;
  /** How many parts of them are on their way at a time. */
  lanes: number;
  /** Whether the files that go to the store are there, as far as is known. */
  isStored: boolean;
  /** How often the connection broke since there was progress. */
  breaks: number;
  /** Whether the server takes no more bytes: all are there, or it has refused them. */
  isEnded: boolean;
  /** Whether all bytes were handed over, so that the event may run. */
  isSent: boolean;
}

/** Refusals of what did not come through as it should. */
const PASSING = /^(upload\.(truncated|silent|too-slow|superseded|busy)|storage\.busy|quota\.too-many-at-once|state\.unavailable)$/;

/** Whether an answer leaves open what becomes of the upload: it is a proxy's without its server, or says that something got lost. */
export function isPassing({ status, line }: Answered): boolean {
  return line?.error ? PASSING.test(line.error.code) : status === 408 || status === 429 || status > 501;
}
