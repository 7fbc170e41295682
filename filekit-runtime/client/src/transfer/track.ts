/**
 * Writes an upload's progress into what the page shows: per file, per id, in words, and for the zone's own actions.
 * Sending is `upload.ts`.
 */
import { percentOf } from "../page/format.ts";
import type { JobPart, Page } from "../page/page.ts";
import { core } from "./core.ts";
import { type Meter, pace, progressOf, sample, share } from "./progress.ts";
import { text } from "./words.ts";

/**
 * Notes that a share of the request was sent; its files' share is the same, since their headers are next to nothing. It
 * happens many times a second, so of a thousand files only those on their way get words.
 */
export function sentSome(page: Page, ids: readonly string[], parts: readonly JobPart[], meter: Meter, part: number): void {
  const sizes = parts.map(({ file }) => file.size);
  const allSent = part >= 1;
  const total = sumOf(sizes);
  const measured = sample(meter, allSent ? total : Math.floor(part * total), performance.now());
  const loaded = share(sizes, meter.sent);
  parts.forEach(({ file }, index) => {
    const left = file.size - (loaded[index] as number);
    core.setStatus(file, allSent ? "processing" : "uploading");
    file.progress = allSent ? 100 : percentOf(file.size - left, file.size);
    if (left > 0 && left < file.size) Object.assign(file, pace(left, meter.rate));
  });
  for (const id of ids) {
    const ofId = (bytes: readonly number[]): number => sumOf(bytes.filter((_, index) => parts[index]?.id === id));
    core.uploadState(page, id).progress = progressOf(ofId(loaded), ofId(sizes), meter.rate);
  }
  const ended = announce(page, meter, Math.floor(part * 4));
  if (measured || ended) ids.forEach((id) => tellZone(page, id));
  core.changed(page);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

/** Says 25, 50 and 75 percent once each, and that the server is at work; more would drown everything else. Tells whether it was the end. */
function announce(page: Page, meter: Meter, quarters: number): boolean {
  if (quarters <= meter.quarters) return false;
  meter.quarters = quarters;
  page.announce(quarters < 4 ? text("client.percent", { percent: quarters * 25 }) : text("client.processing"));
  return quarters === 4;
}

/** Runs what a zone has for progress; no control shows that it runs, since the upload itself is shown. */
function tellZone(page: Page, id: string): void {
  const zone = core.zoneWith(id);
  if (zone) core.runEvent(page, zone, "progress", null);
}
