/**
 * Sends a job's files and keeps their progress; what the reply does to the page is `actions.ts`.
 */
import { setStatus } from "./files.ts";
import { type Job, markFailed, type Part } from "./jobs.ts";
import { guardLeaving } from "./leave.ts";
import { CALL_PART, PATHS } from "./names.ts";
import { NO_PROGRESS, type Page, uploadState } from "./page.ts";
import { type Meter, newMeter } from "./progress.ts";
import { CANCELLED, type Reply, request } from "./reply.ts";
import { removeFiles } from "./select.ts";
import * as TEXT from "./text.ts";
import { sentSome } from "./track.ts";
import { changed } from "./view.ts";

/** Sends a job, whose turn must have come: nothing else is being sent for its ids. */
export async function sendJob(page: Page, job: Job): Promise<Reply> {
  if (job.cancelled) return ended(page, job, CANCELLED);
  job.parts ??= job.ids.flatMap((id) => uploadState(page, id).files.map((file) => ({ id, file })));
  for (const { file } of job.parts) setStatus(file, "uploading");
  show(page, job, true, TEXT.uploading(job.parts.length));
  const release = guardLeaving();
  const reply = await untilAnswered(page, job);
  release();
  return ended(page, job, reply);
}

/** Shows that a job begins or ends, and says so if there is anything to say. */
function show(page: Page, job: Job, uploading: boolean, text: string): void {
  for (const id of job.ids) Object.assign(uploadState(page, id), { uploading, progress: NO_PROGRESS });
  if (text) page.announce(text);
  changed(page);
}

/** Sends until there is an answer: a cancelled file stops the request, and the rest goes out anew. */
async function untilAnswered(page: Page, job: Job): Promise<Reply> {
  const meter = newMeter(performance.now());
  for (;;) {
    const { parts } = job;
    const reply = await send(page, job, parts ?? [], meter);
    if (job.cancelled) return CANCELLED;
    if (reply !== CANCELLED || job.parts === parts) return reply;
  }
}

function send(page: Page, job: Job, parts: readonly Part[], meter: Meter): Promise<Reply> {
  const controller = new AbortController();
  const { signal } = controller;
  job.stop = () => controller.abort();
  const onProgress = (sent: number, total: number): void => {
    if (!signal.aborted && total > 0) sentSome(page, job.ids, parts, meter, sent / total);
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
  const files = (job.parts ?? []).map(({ file }) => file);
  if (reply.kind === "done") removeFiles(page, files);
  else if (reply.kind === "refused") markFailed(job, reply.message);
  else for (const file of files) setStatus(file, "selected");
  show(page, job, false, { done: TEXT.done, refused: "", cancelled: TEXT.cancelled }[reply.kind]);
  return reply;
}
