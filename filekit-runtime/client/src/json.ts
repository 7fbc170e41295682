/**
 * Reads JSON that may be none; what it means is for others.
 */

/** Returns the value, or undefined if the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
