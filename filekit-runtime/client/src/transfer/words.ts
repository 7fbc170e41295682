/**
 * The fixed words of uploads; how words are chosen and filled in is `page/words.ts`.
 */
import type { Uncounted, Values } from "../page/words.ts";
import { core } from "./core.ts";

/** English, by the keys that pages may override, as in the other list. */
export const TEXTS = {
  "upload.too-large": "“{name}” is larger than {limit}.",
  "upload.too-small": "“{name}” is smaller than {limit}.",
  "upload.total-too-large": "The files are larger than {limit} together.",
  "upload.too-many-files": "Too many files: at most {limit} can be sent.",
  "upload.too-few-files": "Too few files: at least {limit} must be sent.",
  "upload.type-not-accepted": "“{name}” is not accepted here. Accepted: {accepted}.",
  "client.unreadable": "“{name}” could not be read.",
  "client.more": "and {count} more",
  "client.already-selected": "“{name}” is already selected.",
  "client.changed": "“{name}” has changed or is gone: choose it again.",
  "client.uploading.one": "Uploading {count} file",
  "client.uploading.other": "Uploading {count} files",
  "client.percent": "{percent} %",
  "client.processing": "Processing",
  "client.done": "Upload finished",
  "client.cancelled": "Upload cancelled",
  "client.rate": "{size}/s",
  "client.seconds-left": "{count} s left",
  "client.minutes-left": "{count} min left",
  "client.hours-left": "{count} h left",
} as const;

export type TextKey = Uncounted<keyof typeof TEXTS>;

/** Returns the words for a key of this list. */
export function text(key: TextKey, values?: Values): string {
  return core.textIn(TEXTS, key, values);
}
