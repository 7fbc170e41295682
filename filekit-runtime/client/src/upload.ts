/**
 * Sends a job's files and keeps their progress; what the reply does to the page is `actions.ts`.
 */
import { rulesOf, zoneWith } from "./declared.ts";
import { setStatus } from "./files.ts";
import { filesOf, type Job, markFailed, type Part } from "./jobs.ts";
import { guardLeaving } from "./leave.ts";
import { CALL_PART, PATHS } from "./names.ts";
import { NO_PROGRESS, type Page, uploadState } from "./page.ts";
import { newMeter } from "./progress.ts";
import { CANCELLED, type Refused, refused, type Reply, request } from "./reply.ts";
import { objection } from "./rules.ts";
import { stamped } from "./shown.ts";
import { removeFiles } from "./select.ts";
import { text } from "./texts.ts";
import { sentSome } from "./track.ts";
import { changed } from "./view.ts";

/** Sends a job, whose turn must have come: nothing else is being sent for its ids. */
export async function sendJob(page: Page, job: Job): Promise<Reply> {
  const reply = job.isCancelled ? CANCELLED : ((job.parts ? null : choose(page, job)) ?? (await send(page, job)));
  page.jobs.delete(job);
  return reply;
}

/** Gives a job what is selected by now; what the rules say against the selection as a whole comes before any byte. */
function choose(page: Page, job: Job): Refused | null {
  job.parts = [];
  for (const id of job.ids) {
    const { files } = uploadState(page, id);
    const against = objection(rulesOf(zoneWith(id)), files);
    if (against) return refused(against[0], text(...against));
    job.parts = [...job.parts, ...files.map((file) => ({ id, file }))];
  }
  return null;
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
  for (const id of job.ids) Object.assign(uploadState(page, id), { isUploading, progress: NO_PROGRESS });
  if (words) page.announce(words);
  changed(page);
}

/** Sends until there is an answer: a cancelled file stops the request, and the rest goes out anew. */
async function untilAnswered(page: Page, job: Job): Promise<Reply> {
  for (;;) {
    const { parts } = job;
    const reply = await attempt(page, job, parts ?? []);
    if (job.isCancelled) return CANCELLED;
    if (reply !== CANCELLED || job.parts === parts) return reply;
  }
}

function attempt(page: Page, job: Job, parts: readonly Part[]): Promise<Reply> {
  const controller = new AbortController();
  const { signal } = controller;
  job.stop = () => controller.abort();
  const meter = newMeter(performance.now());
  for (const { file } of parts) {
    setStatus(file, "uploading");
    file.progress = 0;
  }
  const onProgress = (sent: number, total: number): void => {
    if (!signal.aborted && total > 0) sentSome(page, job.ids, parts, meter, sent / total);
  };
  return request(page, PATHS.upload, formOf(page, job, parts), { signal, onProgress });
}

/** The call comes first, so that the server knows the rules before the first byte of a file; the sizes let it refuse early. */
function formOf(page: Page, job: Job, parts: readonly Part[]): FormData {
  const form = new FormData();
  form.append(CALL_PART, JSON.stringify({ ...stamped(page, job.call), sizes: parts.map(({ file }) => file.size) }));
  for (const { id, file } of parts) form.append(id, file.content, file.path);
  return form;
}

/** Clears up after a job: only a success empties the selection, and only of what was sent. */
function ended(page: Page, job: Job, reply: Reply): Reply {
  const files = filesOf(job);
  if (reply.kind === "done") removeFiles(page, files);
  else if (reply.kind === "refused") markFailed(job, reply);
  else for (const file of files) setStatus(file, "selected");
  show(page, job, false, { done: text("client.done"), refused: "", cancelled: text("client.cancelled") }[reply.kind]);
  return reply;
}
