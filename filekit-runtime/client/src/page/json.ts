/**
 * Reads JSON that may be invalid.
 */
import { BAD_PAGE } from "../names.ts";
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

/** Returns what an attribute holds as JSON, which is an object or a list; an empty one for what is not there. */
export function readJson<T extends object>(element: Element | null | undefined, name: string): T {
  return (parseMarkup(element?.getAttribute(name) || "{}") ?? {}) as T;
}
