/**
 * Keeps a control from being used again while what it began still runs; it does not know what that is.
 */
import { setOwn } from "./owned.ts";

interface Running {
  again: (() => void) | null;
}

const busy = new WeakMap<Element, Running>();

type Job = () => Promise<void>;

/**
 * Runs a job for an element and shows that it runs, on a form's button for a form. Meanwhile a second click does nothing; a later value of a field is not
 * lost but has its turn afterwards (`again`), the last one only. The job must not fail.
 */
export async function whileBusy(holder: Element, shown: Element, job: Job, again: (() => void) | null): Promise<void> {
  const running = busy.get(holder);
  if (running) {
    running.again = again;
    return;
  }
  const state: Running = { again: null };
  busy.set(holder, state);
  setOwn(shown, "aria-busy", "true");
  await job();
  busy.delete(holder);
  setOwn(shown, "aria-busy", null);
  state.again?.();
}
