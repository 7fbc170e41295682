/**
 * How far an upload is, from the bytes that the browser says it sent; pure arithmetic, the time is a parameter.
 */
import { percentOf } from "../page/format.ts";
import type { Progress } from "../page/page.ts";
import { etaText, rateText } from "./pace.ts";

/** A smoothed rate in bytes per second, 0 while it is unknown. */
export interface Meter {
  sent: number;
  rate: number;
  /** The last sample, and how many there were. */
  at: number;
  before: number;
  count: number;
  /** Quarters of the upload that were announced. */
  quarters: number;
}

/** Samples nearer to each other say more of the browser's buffers than of the network, and words that change faster cannot be read. */
const SAMPLE_MS = 1000;
/** How long a change of the network takes to show for two thirds. */
const SMOOTHING_MS = 5000;

export function newMeter(now: number): Meter {
  return { sent: 0, rate: 0, at: now, before: 0, count: 0, quarters: 0 };
}

/** Takes note of the bytes sent so far, and returns whether the rate was measured anew; what a visitor saw never shrinks again. */
export function sample(meter: Meter, sent: number, now: number): boolean {
  // The first bytes only fill buffers on their way, and would promise far too much.
  if (meter.sent === 0) Object.assign(meter, { at: now, before: sent });
  meter.sent = Math.max(meter.sent, sent);
  const elapsed = now - meter.at;
  if (elapsed < SAMPLE_MS) return false;
  const current = ((meter.sent - meter.before) * 1000) / elapsed;
  meter.count += 1;
  // The mean of all samples at first, then one in which older ones count less and less.
  meter.rate += (current - meter.rate) * Math.max(1 / meter.count, 1 - Math.exp(-elapsed / SMOOTHING_MS));
  meter.before = meter.sent;
  meter.at = now;
  return true;
}

/** Shares the bytes sent among the files, which travel one after the other. */
export function share(sizes: readonly number[], sent: number): number[] {
  let left = sent;
  return sizes.map((size) => {
    const part = Math.min(size, left);
    left -= part;
    return part;
  });
}

export function progressOf(loaded: number, total: number, rate: number): Progress {
  return { percent: percentOf(loaded, total), loaded, total, ...pace(total - loaded, rate) };
}

/** Words for how fast the bytes that are left are going; none if there are none. */
export function pace(left: number, rate: number): Pick<Progress, "rate_text" | "eta_text"> {
  return { rate_text: left > 0 ? rateText(rate) : "", eta_text: etaText(left, rate) };
}
