/**
 * The fixed words of uploads that go on. They are chosen and filled in by `page/words.ts`.
 */
import type { Page } from "../page/page.ts";
import type { Uncounted, Values } from "../page/words.ts";
import { RESUME_TEXTS } from "../texts.ts";
import { lent } from "./lent.ts";

type TextKey = Uncounted<keyof typeof RESUME_TEXTS>;

export function say(page: Page, key: TextKey, values?: Values): void {
  page.announce(lent.textIn(RESUME_TEXTS, key, values));
}

/** Says something to all visitors; only to those who do not see it if the page shows it itself, by an expression of that name. */
export function tell(page: Page, key: TextKey, name: string, values?: Values): void {
  if (page.root.innerHTML.includes(name)) say(page, key, values);
  else page.toast("info", lent.textIn(RESUME_TEXTS, key, values));
}
