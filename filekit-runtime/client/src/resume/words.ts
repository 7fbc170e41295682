/**
 * The fixed words of uploads that go on. They are chosen and filled in by `page/words.ts`.
 */
import type { Page } from "../page/page.ts";
import type { Uncounted, Values } from "../page/words.ts";
import { RESUME_TEXTS } from "../texts.ts";
import { lent } from "./lent.ts";

type TextKey = Uncounted<keyof typeof RESUME_TEXTS>;

/** Returns the words for a key of this script's. */
export function text(key: TextKey, values?: Values): string {
  return lent.textIn(RESUME_TEXTS, key, values);
}

export function say(page: Page, key: TextKey): void {
  page.announce(text(key));
}
