/**
 * Hands files to the browser's downloads, by address or from data in a reply; it asks the server for nothing.
 */
import { newElement } from "./element.ts";
import { BAD_URL } from "./names.ts";
import { report } from "./report.ts";

/** Long enough for a browser to ask the visitor where to put the file. */
const KEPT_MS = 60_000;
const SAFE_PROTOCOLS = /^(https?|blob|data):$/;

/** Whether going to an address cannot run script in this page; one that can is reported. */
export function isSafe(url: string): boolean {
  const safe = SAFE_PROTOCOLS.test(new URL(url, document.baseURI).protocol);
  if (!safe) report(BAD_URL, { url });
  return safe;
}

export function downloadUrl(url: string, filename: string | null): void {
  if (!isSafe(url)) return;
  const link = newElement("a", { href: url, download: filename ?? "", hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
}

export function downloadData(base64: string, mime: string, filename: string | null): void {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: mime }));
  downloadUrl(url, filename);
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
