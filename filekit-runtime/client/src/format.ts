/**
 * Words for sizes, rates and times; no state and no page.
 */
import * as TEXT from "./text.ts";

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** Writes a number of bytes in decimal units with at most three digits: `999 B`, `1.5 MB`, `120 MB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (unit < UNITS.length - 1 && shown(value, unit) >= 1000) {
    value /= 1000;
    unit += 1;
  }
  return `${shown(value, unit)} ${UNITS[unit] ?? ""}`;
}

/** Rounds to what is shown: whole bytes, one decimal below 100. */
function shown(value: number, unit: number): number {
  return unit === 0 || value >= 99.95 ? Math.round(value) : Math.round(value * 10) / 10;
}

/** Writes a rate; nothing while it is unknown. */
export function rateText(bytesPerSecond: number): string {
  return bytesPerSecond > 0 ? `${sizeText(bytesPerSecond)}/s` : "";
}

/** Writes the time that `bytes` take at a rate, coarser the longer it is; nothing while the rate is unknown. */
export function etaText(bytes: number, bytesPerSecond: number): string {
  if (bytesPerSecond <= 0 || bytes <= 0) return "";
  const seconds = Math.max(1, Math.round(bytes / bytesPerSecond));
  if (seconds <= 10) return TEXT.secondsLeft(seconds);
  if (seconds < 60) return TEXT.secondsLeft(Math.ceil(seconds / 5) * 5);
  if (seconds < 3600) return TEXT.minutesLeft(Math.ceil(seconds / 60));
  return TEXT.hoursLeft(Math.ceil(seconds / 360) / 10);
}

/** Whole percent, 100 only when everything is sent. */
export function percentOf(sent: number, total: number): number {
  return total > 0 ? Math.floor((Math.min(sent, total) * 100) / total) : 0;
}
