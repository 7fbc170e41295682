/**
 * Words for rates and for the time that is left. They are measured in `progress.ts`.
 */
import { core } from "./core.ts";
import { text } from "./words.ts";

/** Writes a rate; nothing while it is unknown. */
export function rateText(bytesPerSecond: number): string {
  return bytesPerSecond > 0 ? text("client.rate", { size: core.sizeText(bytesPerSecond) }) : "";
}

/** Writes the time that `bytes` take at a rate, coarser the longer it is; nothing while the rate is unknown. */
export function etaText(bytes: number, bytesPerSecond: number): string {
  if (bytesPerSecond <= 0 || bytes <= 0) return "";
  const seconds = Math.max(1, Math.round(bytes / bytesPerSecond));
  if (seconds < 60) return text("client.seconds-left", { count: seconds > 10 ? Math.ceil(seconds / 5) * 5 : seconds });
  if (seconds < 3600) return text("client.minutes-left", { count: Math.ceil(seconds / 60) });
  return text("client.hours-left", { count: Math.ceil(seconds / 360) / 10 });
}
