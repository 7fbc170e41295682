/**
 * Which version of the page is shown, and which of the server's views comes next. `act/view.ts` shows it.
 */
import { ATTRIBUTES, BAD_PAGE } from "../names.ts";
import type { Page, Shown, View } from "../page/page.ts";
import { report } from "../page/report.ts";
import type { Change } from "../patch/change.ts";

/** So long a patch waits for the one before it. */
const PATIENCE_MS = 1000;

/** Reads `ID.VERSION`. */
export function newShown(stamp: string): Shown {
  const [instance = "", version] = stamp.split(".");
  return { instance, version: Number(version), asking: false, early: [] };
}

/** The page as the server knows it: a layer or a proxy may have rewritten the path that the browser asked for. */
export function addressOf(): string {
  return document.body.getAttribute(ATTRIBUTES.page)?.split("?")[0] + location.search;
}

/**
 * Adds to a call what it says of the document; and a number of its own, because a browser sends a request again by itself
 * when its connection ends without an answer.
 */
export function stamped(page: Page, call: object): object {
  return { ...call, once: Math.random(), instance: stampOf(page) };
}

/** The instance and version that the document shows. */
export function stampOf({ shown: { instance, version } }: Page): string {
  return `${instance}.${version}`;
}

/** Tells whether a view is shown already, or is of a document that this one is not any more. */
export function isPast({ shown }: Page, { instance, version, from = version, body }: View): boolean {
  // The text behind the id is for the server, and may be another from now on.
  const isOurs = instance.startsWith(shown.instance.slice(0, 16));
  return body != null ? (isOurs ? version <= shown.version : !shown.asking) : !isOurs || from < shown.version;
}

/**
 * Shows a view if it comes next:
 *
 *   a whole one that is newer, or of another instance if it was asked for: at once
 *   a patch from the version shown: at once
 *   a patch from a later version: when its turn comes; if that takes too long, ask for the whole
 *   anything else is shown already
 */
export function show(page: Page, view: View): void {
  const { shown } = page;
  const { instance, version, from = version, title, body } = view;
  const isWhole = body != null;
  if (isPast(page, view)) return;
  if (!isWhole && from > shown.version) {
    shown.early.push(view);
    setTimeout(() => shown.early.includes(view) && page.sync(page), PATIENCE_MS);
    return;
  }
  const patch: Change | undefined = isWhole ? [body, []] : view.patch;
  try {
    if (title != null) document.title = title;
    if (patch) page.showChange(page, patch);
    Object.assign(shown, { instance, version });
    for (const next of shown.early.splice(0)) show(page, next);
  } catch (error) {
    // The page is another than the server thinks: a browser repaired its markup, or a script of its own changed it.
    report(BAD_PAGE, error as object);
    page.sync(page);
  }
}
