/**
 * Writes an upload's progress into what the page shows: per file, per id, in words, and for the zone's own actions.
 * Sending is `upload.ts`.
 */
import { percentOf } from "../page/format.ts";
import type { Page } from "../page/page.ts";
import type { FileStatus } from "../upload/files.ts";
import type { Sending } from "../upload/request.ts";
import { core } from "./core.ts";
import { type Meter, pace, progressOf, sample, share } from "./progress.ts";
import { text } from "./words.ts";

/**
 * Notes that bytes of the files were sent, behind those that were there before (`have`). It happens many times a second,
 * so of a thousand files only those on their way get words.
 */
export function sentSome({ page, job: { ids }, parts }: Sending, meter: Meter, have: readonly number[], sent: number, allSent: boolean): void {
  const sizes = parts.map(({ file }) => file.size);
  const measured = sample(meter, sent, performance.now());
  const before = (index: number): number => have[index] as number;
  const loaded = share(sizes.map((size, index) => size - before(index)), meter.sent).map((bytes, index) => bytes + before(index));
  parts.forEach(({ id, file }, index) => {
    const left = file.size - (loaded[index] as number);
    core.setStatus(file, allSent ? whenSent(id) : "uploading");
    file.progress = allSent ? 100 : percentOf(file.size - left, file.size);
    if (left > 0 && left < file.size) Object.assign(file, pace(left, meter.rate));
  });
  for (const id of ids) {
    const ofId = (bytes: readonly number[]): number => sumOf(bytes.filter((_, index) => parts[index]?.id === id));
    Object.assign(core.uploadState(page, id), { isWaiting: false, progress: progressOf(ofId(loaded), ofId(sizes), meter.rate) });
  }
  const ended = announce(page, meter, allSent ? 4 : Math.min(3, Math.floor((sumOf(loaded) * 4) / sumOf(sizes))));
  if (measured || ended) ids.forEach((id) => tellZone(page, id));
  core.changed(page);
}

/** What the server does with files that are there: what it checks, it checks before its event runs. */
function whenSent(id: string): FileStatus {
  return core.rulesOf(core.zoneWith(id)).check ? "checking" : "processing";
}

export function sumOf(numbers: readonly number[]): number {
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
