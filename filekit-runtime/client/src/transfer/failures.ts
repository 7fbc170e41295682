/**
 * Files that could not be sent: which are to blame, and how each is sent again.
 */
import type { Job, Page } from "../page/page.ts";
import type { Refused } from "../talk/reply.ts";
import type { SelectedFile } from "../upload/files.ts";
import { filesOf, newJob } from "../upload/jobs.ts";
import { core } from "./core.ts";

/** The job that a failed file was part of. */
const failures = new WeakMap<SelectedFile, Job>();

/** Marks the file that is to blame as failed, or else all of a job, and remembers how to send each again. */
export function markFailed(job: Job, { message, file: name, each, words }: Refused): void {
  const files = filesOf(job);
  const told = each?.map((one) => [files[one.nth], one.message] as const);
  const blamed = words ?? new Map(told ?? files.flatMap((file) => (file.name === name ? [[file, message]] : [])));
  for (const file of files) {
    if (blamed.size > 0 && !blamed.has(file)) {
      core.setStatus(file, "selected");
    } else {
      core.setStatus(file, "failed", blamed.get(file) ?? message);
      failures.set(file, job);
    }
  }
}

/** Returns a job that sends a failed file again; null if the file did not fail. */
export function retryJob(page: Page, file: SelectedFile): Job | null {
  const job = failures.get(file);
  if (!job || file.status !== "failed") return null;
  core.setStatus(file, "selected");
  return newJob(page, job.call, job.ids, (job.parts ?? []).filter((part) => part.file === file));
}
