/**
 * The fixed words of uploads. They are chosen and filled in by `page/words.ts`.
 */
import type { Uncounted, Values } from "../page/words.ts";
import { TRANSFER_TEXTS } from "../texts.ts";
import { core } from "./core.ts";

export type TextKey = Uncounted<keyof typeof TRANSFER_TEXTS>;

/** Returns the words for a key of this script's. */
export function text(key: TextKey, values?: Values): string {
  return core.textIn(TRANSFER_TEXTS, key, values);
}
