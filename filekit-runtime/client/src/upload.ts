/**
 * Sends a job's files and keeps their progress; what the reply does to the page is `actions.ts`.
 */
import { setStatus } from "./files.ts";
import { type Job, markFailed, type Part } from "./jobs.ts";
import { guardLeaving } from "./leave.ts";
import { CALL_PART, PATHS } from "./names.ts";
import { NO_PROGRESS, type Page, uploadState } from "./page.ts";
import { CANCELLED, type Reply, request } from "./reply.ts";
import { removeFiles } from "./select.ts";
import { TEXT } from "./text.ts";
import { newTrack, sentSome, type Track } from "./track.ts";
import { changed } from "./view.ts";

/** Sends a job, whose turn must have come: nothing else is being sent for its ids. */
export async function sendJob(page: Page, job: Job): Promise<Reply> {
  if (job.cancelled) return ended(page, job, CANCELLED);
  job.parts ??= job.ids.flatMap((id) => uploadState(page, id).files.map((file) => ({ id, file })));
  begin(page, job, job.parts);
  const release = guardLeaving();
  const reply = await untilAnswered(page, job);
  release();
  return ended(page, job, reply);
}

function begin(page: Page, job: Job, parts: readonly Part[]): void {
  for (const id of job.ids) {
    uploadState(page, id).uploading = true;
    uploadState(page, id).progress = NO_PROGRESS;
  }
  for (const { file } of parts) setStatus(file, "uploading");
  page.announce(TEXT.uploading(parts.length));
  changed(page);
}

/** Sends until there is an answer: a cancelled file stops the request, and the rest goes out anew. */
async function untilAnswered(page: Page, job: Job): Promise<Reply> {
  const track = newTrack(performance.now());
  for (;;) {
    const { parts } = job;
    const reply = await send(page, job, parts ?? [], track);
    if (job.cancelled) return CANCELLED;
    if (reply !== CANCELLED || job.parts === parts) return reply;
  }
}

function send(page: Page, job: Job, parts: readonly Part[], track: Track): Promise<Reply> {
  const controller = new AbortController();
  const { signal } = controller;
  job.stop = () => controller.abort();
  const onProgress = (sent: number, total: number): void => {
    if (!signal.aborted && total > 0) sentSome(page, job.ids, parts, track, sent / total);
  };
  return request(page, PATHS.upload, formOf(job, parts), { signal, onProgress });
}

/** The call comes first, so that the server knows the rules before the first byte of a file. */
function formOf(job: Job, parts: readonly Part[]): FormData {
  const form = new FormData();
  form.append(CALL_PART, job.call);
  for (const { id, file } of parts) {
    form.append(id, file.content, file.path);
  }
  return form;
}

/** Clears up after a job: only a success empties the selection, and only of what was sent. */
function ended(page: Page, job: Job, reply: Reply): Reply {
  page.jobs.delete(job);
  for (const id of job.ids) {
    uploadState(page, id).uploading = false;
    uploadState(page, id).progress = NO_PROGRESS;
  }
  const files = (job.parts ?? []).map(({ file }) => file);
  if (reply.kind === "done") removeFiles(page, new Set(files));
  if (reply.kind === "refused") markFailed(job, reply.message);
  if (reply.kind === "cancelled") for (const file of files) setStatus(file, "selected");
  if (reply.kind !== "refused") page.announce(reply.kind === "done" ? TEXT.done : TEXT.cancelled);
  changed(page);
  return reply;
}
