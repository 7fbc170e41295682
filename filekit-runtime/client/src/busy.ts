/**
 * Keeps a control from being used again while what it began still runs; it does not know what that is.
 */
import { setOwn } from "./owned.ts";

type Again = (() => void) | null;

/** What is to be done once more after what runs for an element. */
const busy = new WeakMap<Element, Again>();

type Job = () => Promise<void>;

/**
 * Runs a job for an element and shows that it runs, on a form's button for a form. Meanwhile a second click does nothing; a later value of a field is not
 * lost but has its turn afterwards (`again`), the last one only. The job must not fail.
 */
export async function whileBusy(holder: Element, shown: Element, job: Job, again: Again): Promise<void> {
  if (busy.has(holder)) return void busy.set(holder, again);
  busy.set(holder, null);
  setOwn(shown, "aria-busy", "true");
  await job();
  const next = busy.get(holder);
  busy.delete(holder);
  setOwn(shown, "aria-busy", null);
  next?.();
}
