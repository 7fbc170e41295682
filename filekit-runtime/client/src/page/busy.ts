/**
 * Keeps a control from being used again while a job that it began still runs.
 */
import { setOwn } from "./owned.ts";

type Again = (() => void) | null;

/** The jobs that run for an element and a type of event. */
interface Running {
  count: number;
  /** The job to be done once more when nothing runs. */
  again: Again;
  /** The subjects of the jobs. */
  readonly things: Set<unknown>;
}

const busy = new WeakMap<Element, Map<string, Running>>();

type Job = () => Promise<void>;

/**
 * Runs a job for an element, and shows on `shown` that it runs. Meanwhile a second click does nothing, unless it is about
 * something new (`things`), which waits for its turn by itself. A later value of a field is not lost but has its turn
 * afterwards (`again`), the last one only. The job must not fail.
 */
export async function whileBusy(holder: Element, type: string, shown: Element | null, job: Job, again: Again, things: readonly unknown[]): Promise<void> {
  const types = busy.get(holder) ?? new Map<string, Running>();
  busy.set(holder, types);
  const running = types.get(type) ?? { count: 0, again, things: new Set() };
  if (running.count > 0 && things.every((thing) => running.things.has(thing))) return void (running.again = again);
  types.set(type, running);
  for (const thing of things) running.things.add(thing);
  running.count += 1;
  running.again = null;
  if (shown) setOwn(shown, "aria-busy", "true");
  await job();
  running.count -= 1;
  if (running.count > 0) return;
  const next = types.get(type)?.again;
  types.delete(type);
  if (shown) setOwn(shown, "aria-busy", null);
  next?.();
}
