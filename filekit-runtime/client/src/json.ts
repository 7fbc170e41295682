/**
 * Reads JSON that may be none; what it means is for others.
 */
import { BAD_PAGE } from "./names.ts";
import { report } from "./report.ts";

/** Returns the value, or undefined if the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns what the page's markup says, or undefined after a report. */
export function parseMarkup(text: string): unknown {
  const value = parseJson(text);
  if (value === undefined) report(BAD_PAGE, { text });
  return value;
}
