/**
 * Sends a job's files and keeps their progress. The actions of the reply are `act/actions.ts`.
 */
import { CHANGED } from "../names.ts";
import { type Job, type JobPart, NO_PROGRESS, type Page } from "../page/page.ts";
import { CANCELLED, type Refused, type Reply } from "../talk/reply.ts";
import type { SelectedFile } from "../upload/files.ts";
import { filesOf } from "../upload/jobs.ts";
import type { Sending } from "../upload/request.ts";
import { inFew } from "./add.ts";
import { core } from "./core.ts";
import { markFailed } from "./failures.ts";
import { changedFiles } from "./intact.ts";
import { guardLeaving } from "./leave.ts";
import { origins } from "./lend.ts";
import { allAtOnce } from "./plan.ts";
import { objection } from "./rules.ts";
import { sumOf } from "./track.ts";
import { text } from "./words.ts";

/** So long an upload waits until it is known whether its files have changed. Reading from 5,000 files takes seconds. */
const LOOK_MS = 200;

/** What is no larger goes in one request, together with what it is. */
const SMALL = 1 << 20;

/** Sends a job, whose turn must have come: nothing else is being sent for its ids. */
export async function sendJob(page: Page, job: Job): Promise<Reply> {
  return job.isCancelled ? CANCELLED : ((job.parts ? null : choose(page, job)) ?? (await send(page, job)));
}

/** Gives a job what is selected by now; what the rules say against the selection as a whole comes before any byte. */
function choose(page: Page, job: Job): Refused | null {
  job.parts = [];
  for (const id of job.ids) {
    const files = sendable(core.uploadState(page, id).files);
    const against = objection(core.rulesOf(core.zoneWith(id)), files);
    if (against) return core.refused(against[0], text(...against));
    job.parts = [...job.parts, ...files.map((file) => ({ id, file }))];
  }
  return null;
}

/** Leaves out files that had changed, which stay selected and marked; unless there are no others, since they may be back. */
function sendable(files: readonly SelectedFile[]): readonly SelectedFile[] {
  const able = files.filter(({ hasChanged }) => !hasChanged);
  return able.length > 0 ? able : files;
}

async function send(page: Page, job: Job): Promise<Reply> {
  const count = job.parts?.length ?? 0;
  show(page, job, true, count > 0 ? text("client.uploading", { count }) : "");
  const release = count > 0 ? guardLeaving() : null;
  const reply = await untilAnswered(page, job);
  release?.();
  return ended(page, job, reply);
}

/** Shows that a job begins or ends, and says so if there is anything to say. */
function show(page: Page, job: Job, isUploading: boolean, words: string): void {
  for (const id of job.ids) Object.assign(core.uploadState(page, id), { isUploading, isPaused: false, isWaiting: false, progress: NO_PROGRESS });
  if (words) page.announce(words);
  core.changed(page);
}

/** Sends until there is an answer: a cancelled file stops the try, and the rest goes out anew. */
async function untilAnswered(page: Page, job: Job): Promise<Reply> {
  for (;;) {
    const { parts } = job;
    const reply = await attempt(page, job, parts ?? []);
    if (job.isCancelled) return CANCELLED;
    if (reply.kind !== "cancelled" || job.parts === parts) return reply;
  }
}

/**
 * Sends files once:
 *
 *   look whether all are as they were chosen: before sending, but if there are many, beside it
 *   if one is not: stop; each that is not has words of its own
 *   what is large or breaks off is for the third module, which looks again when it gets nowhere
 */
async function attempt(page: Page, job: Job, parts: readonly JobPart[]): Promise<Reply> {
  const controller = new AbortController();
  const { signal } = controller;
  job.stop = () => controller.abort();
  const files = filesOf(job);
  for (const file of files) {
    core.setStatus(file, "uploading");
    file.hasChanged = false;
  }
  let found: readonly SelectedFile[] = [];
  let isOver = false;
  const look = async (): Promise<void> => {
    found = await changedFiles(files, () => isOver || signal.aborted);
    if (found.length > 0) controller.abort();
  };
  const looked = look();
  await Promise.race([looked, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
  const reply = signal.aborted ? CANCELLED : await carry({ page, job, parts, signal, look: () => looked.then(look) });
  isOver = true;
  return found.length > 0 && reply.kind !== "done" ? haveChanged(found) : reply;
}

/** Sends files and returns the answer: in one request if they are small and new, and if that gets through. */
async function carry(sending: Sending): Promise<Reply> {
  const isLarge = sumOf(sending.parts.map(({ file }) => file.size)) > SMALL || sending.parts.some(({ file }) => origins.has(file));
  const again = isLarge ? null : allAtOnce(sending);
  const reply = await again?.();
  if (reply) return reply;
  const resume = await core.awaitResume(sending);
  if (sending.signal.aborted) return CANCELLED;
  return resume ? resume.send(sending, again) : core.broken();
}

/** Clears up after a job: only a success empties the selection, and only of what was sent. */
function ended(page: Page, job: Job, reply: Reply): Reply {
  const files = filesOf(job);
  if (reply.kind === "done") core.removeFiles(page, files);
  else if (reply.kind === "refused") markFailed(job, reply);
  else for (const file of files) core.setStatus(file, "selected");
  show(page, job, false, { done: text("client.done"), refused: "", cancelled: text("client.cancelled") }[reply.kind]);
  return reply;
}

/** The refusal where files have changed; each is marked by itself. */
function haveChanged(files: readonly SelectedFile[]): Refused {
  const words = new Map(files.map((file) => [file, text(CHANGED, { name: file.name })]));
  for (const file of files) file.hasChanged = true;
  return { ...core.refused(CHANGED, inFew([...words.values()])), words };
}
