/**
 * Pausing and going on, as the visitor says.
 */
import type { Job, Page } from "../page/page.ts";
import { filesOf } from "../upload/jobs.ts";
import { lent } from "./lent.ts";
import { isPaused, move } from "./wait.ts";
import { say } from "./words.ts";

/** Pauses what is being sent for an id. What was sent to its end is the server's business, and goes on. */
export function pause(page: Page, id: string): void {
  for (const job of jobsOf(page, id)) {
    if (!filesOf(job).some(({ status }) => status === "uploading" || status === "waiting")) continue;
    lent.hold(page, job, { isPaused: true });
    say(page, "client.paused");
    job.halt();
    job.wake();
  }
}

/** Goes on with what was paused, and tries at once what waits for the connection. */
export function goOn(page: Page, id: string): void {
  for (const job of jobsOf(page, id)) {
    if (isPaused({ page, job })) {
      move(page, job);
      say(page, "client.resumed");
    }
    job.wake();
  }
}

function jobsOf({ jobs }: Page, id: string): Job[] {
  return [...jobs].filter(({ ids }) => ids.includes(id));
}
