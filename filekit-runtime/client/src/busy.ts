/**
 * Keeps a control from being used again while what it began still runs; it does not know what that is.
 */
import { setOwn } from "./owned.ts";

interface Running {
  again: (() => void) | null;
}

const busy = new WeakMap<Element, Running>();

/**
 * Runs a job for a control and shows that it runs. Meanwhile a second click does nothing; a later value of a field is not
 * lost but has its turn afterwards (`again`), the last one only. The job must not fail.
 */
export async function whileBusy(control: Element, job: () => Promise<void>, again: (() => void) | null): Promise<void> {
  const running = busy.get(control);
  if (running) {
    running.again = again;
    return;
  }
  const state: Running = { again: null };
  busy.set(control, state);
  setOwn(control, "aria-busy", "true");
  await job();
  busy.delete(control);
  setOwn(control, "aria-busy", null);
  state.again?.();
}
