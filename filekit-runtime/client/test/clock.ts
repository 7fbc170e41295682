/**
 * A clock that stands still until the test moves it. Frames and the DOM have their own.
 */
import { setMaxListeners } from "node:events";
import { after } from "node:test";
import { settle } from "./harness.ts";

const REAL = { setTimeout, clearTimeout, setInterval, clearInterval, dateNow: Date.now, performanceNow: performance.now };

interface Timer {
  readonly job: () => void;
  at: number;
  readonly every: number | null;
}

// Signals of long uploads have many listeners in the end.
setMaxListeners(0);

export class Clock {
  now = 1_700_000_000_000;
  readonly #timers = new Map<number, Timer>();
  #count = 0;

  /** Puts this clock in place of all others, until the test file ends. */
  constructor() {
    const set = (repeats: boolean) => (job: () => void, ms = 0): number => {
      this.#timers.set((this.#count += 1), { job, at: this.now + ms, every: repeats ? ms : null });
      return this.#count;
    };
    const clear = (id: number): void => void this.#timers.delete(id);
    Object.assign(globalThis, { setTimeout: set(false), setInterval: set(true), clearTimeout: clear, clearInterval: clear });
    Date.now = () => this.now;
    performance.now = () => this.now;
    after(() => {
      const { dateNow, performanceNow, ...timers } = REAL;
      Object.assign(globalThis, timers);
      Date.now = dateNow;
      performance.now = performanceNow;
    });
  }

  /** Lets time pass, and does what is due on the way. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, one], [, other]) => one.at - other.at);
      if (!next) break;
      const [id, timer] = next;
      this.now = Math.max(this.now, timer.at);
      if (timer.every === null) this.#timers.delete(id);
      else timer.at += timer.every;
      timer.job();
    }
    this.now = end;
  }

  /** Jumps, as when a computer has slept: what is due is done late, and once. */
  jump(ms: number): void {
    this.now += ms;
    for (const [id, timer] of [...this.#timers]) {
      if (timer.at > this.now) continue;
      if (timer.every === null) this.#timers.delete(id);
      else timer.at = this.now + timer.every;
      timer.job();
    }
  }

  /** Lets time pass until something holds, but only when nothing goes on by itself; returns how long it took. */
  async until(holds: () => boolean, busy: () => number = () => 0): Promise<number> {
    const begun = this.now;
    while (!holds()) {
      let quiet = 0;
      for (let before = busy(); quiet < 12 && !holds(); quiet = busy() === before ? quiet + 1 : 0) {
        before = busy();
        await settle();
      }
      if (this.now - begun > 3_600_000) throw new Error("it never holds");
      if (!holds()) this.pass(250);
    }
    await settle();
    return this.now - begun;
  }
}
