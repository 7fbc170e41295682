/**
 * Writes an upload's progress into what the page shows: per file, per id, and in words; it sends nothing.
 */
import { setStatus } from "./files.ts";
import type { Part } from "./jobs.ts";
import { type Page, uploadState } from "./page.ts";
import { type Meter, progressOf, sample, share } from "./progress.ts";
import * as TEXT from "./text.ts";
import { changed } from "./view.ts";

/** Notes that a share of the request was sent; its files' share is the same, since their headers are next to nothing. */
export function sentSome(page: Page, ids: readonly string[], parts: readonly Part[], meter: Meter, part: number): void {
  const sizes = parts.map(({ file }) => file.size);
  const allSent = part >= 1;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  sample(meter, allSent ? total : Math.floor(part * total), performance.now());
  const loaded = share(sizes, meter.sent);
  parts.forEach(({ file }, index) => {
    const { percent, rate_text, eta_text } = progressOf(loaded[index] ?? 0, file.size, meter.rate);
    setStatus(file, allSent ? "processing" : "uploading");
    file.progress = allSent ? 100 : Math.max(file.progress, percent);
    if (percent > 0) Object.assign(file, { rate_text, eta_text });
  });
  for (const id of ids) {
    const sumOf = (bytes: readonly number[]): number => bytes.reduce((sum, some, index) => (parts[index]?.id === id ? sum + some : sum), 0);
    uploadState(page, id).progress = progressOf(sumOf(loaded), sumOf(sizes), meter.rate);
  }
  announce(page, meter, allSent ? 4 : Math.floor(progressOf(meter.sent, total, 0).percent / 25));
  changed(page);
}

/** Says 25, 50 and 75 percent once each, and that the server is at work; more would drown everything else. */
function announce(page: Page, meter: Meter, quarters: number): void {
  if (quarters <= meter.quarters) return;
  meter.quarters = quarters;
  page.announce(quarters < 4 ? TEXT.percent(quarters * 25) : TEXT.processing);
}
