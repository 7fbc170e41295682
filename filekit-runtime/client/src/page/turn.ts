/**
 * Turns: jobs that use the same thing wait for one another.
 */
import type { Page } from "./page.ts";

/** Runs a job once all earlier jobs with one of its keys have ended, however they ended. */
export function inTurn<T>(page: Page, keys: readonly string[], job: () => Promise<T>): Promise<T> {
  const earlier = keys.map((key) => page.turns.get(key));
  const done = Promise.all(earlier).then(job);
  const ended = done.catch(() => undefined);
  for (const key of keys) page.turns.set(key, ended);
  return done;
}
