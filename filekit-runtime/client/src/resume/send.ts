/**
 * Sends files so that a break costs only what was not acknowledged: first a plan, then their bytes. When to try again is
 * `wait.ts`.
 */
import { HEADERS, MEDIA, PATHS } from "../names.ts";
import type { JobPart } from "../page/page.ts";
import type { Reply } from "../talk/reply.ts";
import type { SelectedFile } from "../upload/files.ts";
import { filesOf } from "../upload/jobs.ts";
import type { Sending } from "../upload/request.ts";
import { append, find } from "./bytes.ts";
import { LANES, store } from "./direct.ts";
import { lent } from "./lent.ts";
import { forget, isKnown, remember, remove, sourceOf } from "./memory.ts";
import { isPassing, type Upload } from "./upload.ts";
import { BROKEN, isPaused, persist, REACHED, type Result } from "./wait.ts";

/** The answer to a plan. */
interface Planned {
  /** Null if the event reads files while they arrive. */
  readonly upload?: string | null;
  readonly have?: readonly number[];
  /** The files that go to the store by themselves; they count as if they were there. */
  readonly direct?: readonly number[];
}

/** The last upload that a file is in. */
const uploads = new WeakMap<SelectedFile, Upload>();

function uploadOf({ parts: [first] }: Sending): Upload | undefined {
  return first && uploads.get(first.file);
}

/** Sends files until there is a reply; `again` sends them in one request, which has broken off once. */
export async function send(sending: Sending, again: (() => Promise<Reply | null>) | null): Promise<Reply> {
  const { page, job } = sending;
  if (again) return persist(sending, async () => (await again()) ?? BROKEN, true);
  const reply = await persist(sending, () => step(sending));
  const upload = uploadOf(sending);
  if (upload && job.isCancelled && isKnown(upload.url)) void remove(page, upload.url);
  return reply;
}

/**
 * Takes the next step:
 *
 *   nothing is planned, other files are, or it is gone: say what is going to be sent
 *   files go to the store by themselves: send those
 *   it is not known which bytes are there: ask
 *   else send the others
 */
function step(sending: Sending): Promise<Result> {
  const upload = uploadOf(sending);
  if (!upload || !isKnown(upload.url) || !isSame(sending, upload)) return begin(sending, upload);
  if (!upload.isStored) return store(sending, upload);
  return upload.offset === null ? find(sending, upload) : append(sending, upload, upload.offset);
}

/** Whether an upload has the same files for the same call; that may be another try, after the last one has failed. */
function isSame({ job, parts }: Sending, upload: Upload): boolean {
  const isSamePart = ({ file }: JobPart, index: number): boolean => file === upload.parts[index]?.file;
  return JSON.stringify(upload.job.call) === JSON.stringify(job.call) && upload.parts.length === parts.length && parts.every(isSamePart);
}

/** Plans an upload. Bytes that the server has of an earlier one are taken over, unless the event may run with them already. */
async function begin(sending: Sending, before: Upload | undefined): Promise<Result> {
  const { page } = sending;
  if (before?.isSent && isKnown(before.url)) {
    if (!(await lent.ask(sending, before.url, null, { method: "DELETE" }))) return BROKEN;
    forget(before.url);
  }
  const headers = { "Content-Type": MEDIA.plan, [HEADERS.complete]: "?0" };
  const answer = await lent.ask(sending, page.base + PATHS.upload, lent.planOf(sending, sourceOf), { headers });
  if (!answer) return BROKEN;
  const { upload: url, have = [], direct = [] } = (answer.line ?? {}) as Planned;
  if (url === null) return stream(sending);
  if (url === undefined) return isPassing(answer) ? BROKEN : lent.replyOf(answer);
  const seconds = /max-age=(\d+)/.exec(answer.header(HEADERS.limit) ?? "")?.[1];
  const upload = planned(sending, url, have, direct, Date.now() + Number(seconds ?? 0) * 1000);
  for (const { file } of sending.parts) uploads.set(file, upload);
  // What is left of it is what was taken out of this job.
  if (before?.job === sending.job && isKnown(before.url)) void remove(page, before.url);
  return REACHED;
}

/** Notes what was planned. */
function planned({ page, job, parts }: Sending, url: string, told: readonly number[], direct: readonly number[], until: number): Upload {
  const contents = filesOf(job);
  const there = contents.map((_, nth) => told[nth] ?? 0);
  const have = there.map((bytes, nth) => (direct.includes(nth) ? 0 : bytes));
  let length = 0;
  let ahead = 0;
  const files = parts.map(({ id, file: { path, size, content } }, nth) => {
    const known = { upload: id, nth, path, size, modified: content.lastModified, have: have[nth] as number };
    if (direct.includes(nth)) {
      ahead += size;
      return { ...known, at: 0, direct: true };
    }
    length += size - known.have;
    return { ...known, at: length - size + known.have };
  });
  remember(page, { url, until, files }, contents);
  const body = new Blob(contents.map(({ content }, nth) => content.slice(there[nth])));
  const nothing = { offset: 0, told: 0, breaks: 0, isEnded: false, isSent: false, isStored: direct.length === 0, lanes: LANES };
  return { url, job, parts, have, direct, ahead, body, length, meter: lent.newMeter(performance.now()), ...nothing };
}

/** Sends everything to an event that reads files while they arrive. Of such a request nothing is kept: after a pause it begins anew. */
async function stream(sending: Sending): Promise<Result> {
  const reply = await lent.allAtOnce(sending)();
  if (reply || isPaused(sending)) return reply ?? REACHED;
  await sending.look();
  return lent.broken();
}
