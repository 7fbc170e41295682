/**
 * Writes an upload's progress into what the page shows: per file, per id, and in words; it sends nothing.
 */
import { setStatus } from "./files.ts";
import { etaText, percentOf, rateText } from "./format.ts";
import type { Part } from "./jobs.ts";
import { type Page, uploadState } from "./page.ts";
import { type Meter, newMeter, progressOf, sample, share } from "./progress.ts";
import { TEXT } from "./text.ts";
import { changed } from "./view.ts";

export interface Track {
  readonly meter: Meter;
  /** Quarters of the upload that were announced. */
  quarters: number;
}

export function newTrack(now: number): Track {
  return { meter: newMeter(now), quarters: 0 };
}

/** Notes that a share of the request was sent; its files' share is the same, since their headers are next to nothing. */
export function sentSome(page: Page, ids: readonly string[], parts: readonly Part[], track: Track, part: number): void {
  const sizes = parts.map(({ file }) => file.size);
  const total = sum(sizes);
  sample(track.meter, part >= 1 ? total : Math.floor(part * total), performance.now());
  const loaded = share(sizes, track.meter.sent);
  showFiles(parts, loaded, track.meter, part >= 1);
  for (const id of ids) showId(page, id, parts, loaded, track.meter.rate);
  announce(page, track, part >= 1 ? 100 : percentOf(track.meter.sent, total));
  changed(page);
}

function showFiles(parts: readonly Part[], loaded: readonly number[], meter: Meter, allSent: boolean): void {
  let end = 0;
  parts.forEach(({ file }, index) => {
    end += file.size;
    if (allSent) setStatus(file, "processing");
    file.progress = allSent ? 100 : Math.max(file.progress, percentOf(loaded[index] ?? 0, file.size));
    const active = file.progress > 0 && file.progress < 100;
    file.rate_text = active ? rateText(meter.rate) : "";
    file.eta_text = active ? etaText(end - meter.sent, meter.rate) : "";
  });
}

function showId(page: Page, id: string, parts: readonly Part[], loaded: readonly number[], rate: number): void {
  const mine = (_: unknown, index: number): boolean => parts[index]?.id === id;
  const sizes = parts.map(({ file }) => file.size).filter(mine);
  uploadState(page, id).progress = progressOf(sum(loaded.filter(mine)), sum(sizes), rate);
}

/** Says 25, 50 and 75 percent once each, and that the server is at work; more would drown everything else. */
function announce(page: Page, track: Track, percent: number): void {
  const quarters = Math.floor(percent / 25);
  if (quarters <= track.quarters) return;
  track.quarters = quarters;
  page.announce(quarters < 4 ? TEXT.percent(quarters * 25) : TEXT.processing);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
