/**
 * Keeps a control from being used again while what it began still runs; it does not know what that is.
 */
import { setOwn } from "./owned.ts";

type Again = (() => void) | null;

/** What runs for an element, by the type of the event, and what is to be done once more after it. */
const busy = new WeakMap<Element, Map<string, Again>>();

type Job = () => Promise<void>;

/**
 * Runs a job for an element, and shows on `shown` that it runs. Meanwhile a second click does nothing; a later value of a
 * field is not lost but has its turn afterwards (`again`), the last one only. The job must not fail.
 */
export async function whileBusy(holder: Element, type: string, shown: Element | null, job: Job, again: Again): Promise<void> {
  const running = busy.get(holder) ?? new Map<string, Again>();
  busy.set(holder, running);
  if (running.has(type)) return void running.set(type, again);
  running.set(type, null);
  if (shown) setOwn(shown, "aria-busy", "true");
  await job();
  const next = running.get(type);
  running.delete(type);
  if (shown) setOwn(shown, "aria-busy", null);
  next?.();
}
