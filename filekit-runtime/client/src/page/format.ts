/**
 * Words for sizes; no state and no page.
 */
import { text, written } from "./words.ts";

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

/** Rounds to what is shown: whole bytes, one decimal below 100. */
function shown(value: number, unit: number, round: (value: number) => number): number {
  const tenths = round(value * 10) / 10;
  return unit === 0 || tenths >= 100 ? round(value) : tenths;
}

/** Whole percent, 100 only when everything is sent. */
export function percentOf(sent: number, total: number): number {
  return total > 0 ? Math.floor((Math.min(sent, total) * 100) / total) : 0;
}
