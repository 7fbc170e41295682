/**
 * Uploads from the click on: waiting and cancelling. The sending itself is in `transfer/`.
 */
import type { Call, Job, JobPart, Page } from "../page/page.ts";
import type { SelectedFile } from "./files.ts";
import { removeFile } from "./select.ts";

const nothing = (): void => undefined;

/** Makes an upload known before its turn comes, so that it can be cancelled while it waits. */
export function newJob(page: Page, call: Call, ids: readonly string[], parts: readonly JobPart[] | null = null): Job {
  const job: Job = { call, ids, parts, isCancelled: false, stop: nothing, halt: nothing, wake: nothing };
  page.jobs.add(job);
  return job;
}

/** Cancels what runs and what waits for an id; doing so twice does no harm. */
export function cancelUpload(page: Page, id: string): void {
  for (const job of page.jobs) if (job.ids.includes(id)) cancel(job);
}

/** Takes one file out of its upload and its selection; the request begins anew with the others. */
export function cancelFile(page: Page, file: SelectedFile): void {
  removeFile(page, file);
  for (const job of page.jobs) {
    const left = job.parts?.filter((part) => part.file !== file);
    if (!left || left.length === job.parts?.length) continue;
    job.parts = left;
    if (left.length === 0) cancel(job);
    else job.stop();
  }
}

function cancel(job: Job): void {
  job.isCancelled = true;
  job.stop();
}

export function filesOf({ parts }: Job): SelectedFile[] {
  return (parts ?? []).map(({ file }) => file);
}
