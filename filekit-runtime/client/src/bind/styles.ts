/**
 * Adds a rule for each style that comes to the page with a patch. The document's own styles are in a sheet that the server
 * writes (`page/style.rs`). No content security policy forbids the rules that a script adds.
 */
import { ATTRIBUTES } from "../names.ts";
import { CLIENT_ATTRIBUTES } from "../page/owned.ts";

const known = new Set<string>();

/** Makes the declarations in a style attribute apply, to all elements that have the same text in it. */
export function addStyle(text: string): void {
  if (known.has(text)) return;
  known.add(text);
  const sheet = document.styleSheets[0];
  // Elements that are met before the page is ready came with the document.
  if (!sheet || !document.documentElement.hasAttribute(CLIENT_ATTRIBUTES.ready)) return;
  // Three ids weigh more than the selectors of a page's own rules, as a `style` attribute does.
  const at = sheet.insertRule(`[${ATTRIBUTES.style}=${CSS.escape(text)}]:not(#fk#fk#fk){}`, sheet.cssRules.length);
  (sheet.cssRules[at] as CSSStyleRule).style.cssText = text;
}
