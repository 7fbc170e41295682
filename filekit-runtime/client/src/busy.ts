/**
 * Keeps a control from being used again while what it began still runs; it does not know what that is.
 */
import { setOwn } from "./owned.ts";

const busy = new WeakMap<Element, { again: (() => void) | null }>();

/**
 * Runs a job for a control and shows that it runs. Meanwhile a second click does nothing; a later value of a field is not
 * lost but has its turn afterwards (`again`), the last one only.
 */
export async function whileBusy(control: Element, job: () => Promise<void>, again: (() => void) | null): Promise<void> {
  const running = busy.get(control);
  if (running) {
    running.again = again;
    return;
  }
  const state = { again: null };
  busy.set(control, state);
  setOwn(control, "aria-busy", "true");
  try {
    await job();
  } finally {
    busy.delete(control);
    setOwn(control, "aria-busy", null);
  }
  runAgain(state);
}

function runAgain(state: { readonly again: (() => void) | null }): void {
  state.again?.();
}
