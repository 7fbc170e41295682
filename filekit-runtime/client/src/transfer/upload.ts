/**
 * Sends a job's files and keeps their progress. The actions of the reply are `act/actions.ts`.
 */
import { CALL_PART, CHANGED, PATHS } from "../names.ts";
import { type Job, type JobPart, NO_PROGRESS, type Page } from "../page/page.ts";
import { CANCELLED, type Refused, type Reply } from "../talk/reply.ts";
import { stamped } from "../talk/shown.ts";
import type { SelectedFile } from "../upload/files.ts";
import { filesOf } from "../upload/jobs.ts";
import { inFew } from "./add.ts";
import { core } from "./core.ts";
import { markFailed } from "./failures.ts";
import { changedFiles } from "./intact.ts";
import { guardLeaving } from "./leave.ts";
import { beginningOf } from "./mend.ts";
import { newMeter } from "./progress.ts";
import { objection } from "./rules.ts";
import { sentSome } from "./track.ts";
import { text } from "./words.ts";

/** So long an upload waits until it is known whether its files have changed. Reading from 5,000 files takes seconds. */
const LOOK_MS = 200;

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
  for (const id of job.ids) Object.assign(core.uploadState(page, id), { isUploading, progress: NO_PROGRESS });
  if (words) page.announce(words);
  core.changed(page);
}

/** Sends until there is an answer: a cancelled file stops the request, and the rest goes out anew. */
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
 *   without an answer: look once more, then ask for the answer to the beginning alone
 */
async function attempt(page: Page, job: Job, parts: readonly JobPart[]): Promise<Reply> {
  const controller = new AbortController();
  const { signal } = controller;
  job.stop = () => controller.abort();
  const files = filesOf(job);
  for (const file of files) {
    core.setStatus(file, "uploading");
    file.progress = 0;
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
  const reply = signal.aborted ? CANCELLED : await exchange(page, job, parts, signal, () => looked.then(look));
  isOver = true;
  return found.length > 0 && reply.kind !== "done" ? haveChanged(found) : reply;
}

/** Sends files and returns the answer; `look` is called where there is none, and may have said why by aborting. */
async function exchange(page: Page, job: Job, parts: readonly JobPart[], signal: AbortSignal, look: () => Promise<void>): Promise<Reply> {
  const form = formOf(page, job, parts);
  const meter = newMeter(performance.now());
  let isSent = false;
  const onProgress = (sent: number, total: number): void => {
    if (signal.aborted || total === 0) return;
    isSent = sent >= total;
    sentSome(page, job.ids, parts, meter, sent / total);
  };
  const reply = await core.ask(page, PATHS.upload, form, { signal, onProgress });
  if (reply) return reply;
  await look();
  if (signal.aborted) return CANCELLED;
  const beginning = isSent ? null : await beginningOf(form);
  return (beginning && (await core.ask(page, PATHS.upload, beginning[0], { signal, type: beginning[1] }))) ?? core.broken();
}

/** The call comes first, so that the server knows the rules before the first byte of a file; the sizes let it refuse early. */
function formOf(page: Page, job: Job, parts: readonly JobPart[]): FormData {
  const form = new FormData();
  form.append(CALL_PART, JSON.stringify({ ...stamped(page, job.call), sizes: parts.map(({ file }) => file.size) }));
  for (const { id, file } of parts) form.append(id, file.content, file.path);
  return form;
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
