/**
 * How far an upload is, from the bytes that the browser says it sent; pure arithmetic, the time is a parameter.
 */
import { etaText, percentOf, rateText } from "./format.ts";
import type { Progress } from "./page.ts";

/** A smoothed rate in bytes per second, 0 while it is unknown. */
export interface Meter {
  sent: number;
  rate: number;
  /** The last sample. */
  at: number;
  before: number;
  /** Quarters of the upload that were announced. */
  quarters: number;
}

/** Samples nearer to each other say more of the browser's buffers than of the network. */
const SAMPLE_MS = 250;
/** How long a change of the network takes to show for two thirds. */
const SMOOTHING_MS = 3000;

export function newMeter(now: number): Meter {
  return { sent: 0, rate: 0, at: now, before: 0, quarters: 0 };
}

/** Takes note of the bytes sent so far; what a visitor saw never shrinks again. */
export function sample(meter: Meter, sent: number, now: number): void {
  meter.sent = Math.max(meter.sent, sent);
  const elapsed = now - meter.at;
  if (elapsed < SAMPLE_MS) return;
  const current = ((meter.sent - meter.before) * 1000) / elapsed;
  meter.rate += (current - meter.rate) * (meter.rate > 0 ? 1 - Math.exp(-elapsed / SMOOTHING_MS) : 1);
  meter.before = meter.sent;
  meter.at = now;
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
  const left = total - loaded;
  return {
    percent: percentOf(loaded, total),
    loaded,
    total,
    rate_text: left > 0 ? rateText(rate) : "",
    eta_text: etaText(left, rate),
  };
}
