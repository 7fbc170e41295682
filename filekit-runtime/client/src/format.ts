/**
 * Words for sizes, rates and times; no state and no page.
 */
import { text, written } from "./texts.ts";

/** Writes a number of bytes in decimal units with at most three digits: `999 B`, `1.5 MB`, `120 MB`. */
export function sizeText(bytes: number, round = Math.round): string {
  const units = text("client.units").split(" ");
  let value = bytes;
  let unit = 0;
  while (unit < units.length - 1 && shown(value, unit, round) >= 1000) {
    value /= 1000;
    unit += 1;
  }
  return `${written(shown(value, unit, round))} ${units[unit]}`;
}

/** Writes a limit as the server does, never as more than it is: what is refused for it looks too large too. */
export function limitText(bytes: number): string {
  return sizeText(bytes, Math.floor);
}

/** Rounds to what is shown: whole bytes, one decimal below 100. */
function shown(value: number, unit: number, round: (value: number) => number): number {
  const tenths = round(value * 10) / 10;
  return unit === 0 || tenths >= 100 ? round(value) : tenths;
}

/** Writes a rate; nothing while it is unknown. */
export function rateText(bytesPerSecond: number): string {
  return bytesPerSecond > 0 ? text("client.rate", { size: sizeText(bytesPerSecond) }) : "";
}

/** Writes the time that `bytes` take at a rate, coarser the longer it is; nothing while the rate is unknown. */
export function etaText(bytes: number, bytesPerSecond: number): string {
  if (bytesPerSecond <= 0 || bytes <= 0) return "";
  const seconds = Math.max(1, Math.round(bytes / bytesPerSecond));
  if (seconds < 60) return text("client.seconds-left", { count: seconds > 10 ? Math.ceil(seconds / 5) * 5 : seconds });
  if (seconds < 3600) return text("client.minutes-left", { count: Math.ceil(seconds / 60) });
  return text("client.hours-left", { count: Math.ceil(seconds / 360) / 10 });
}

/** Whole percent, 100 only when everything is sent. */
export function percentOf(sent: number, total: number): number {
  return total > 0 ? Math.floor((Math.min(sent, total) * 100) / total) : 0;
}
