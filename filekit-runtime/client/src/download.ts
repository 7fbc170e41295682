/**
 * Hands files to the browser's downloads, by address or from data in a reply; it asks the server for nothing.
 */
import { CLIENT_CODES } from "./names.ts";
import { report } from "./report.ts";

/** Long enough for a browser to ask the visitor where to put the file. */
const KEPT_MS = 60_000;
const SAFE_PROTOCOLS: readonly string[] = ["http:", "https:", "blob:", "data:"];

/** Returns the address if going there cannot run script in this page; else reports it and returns null. */
export function safeUrl(document: Document, url: string): string | null {
  const { protocol } = new URL(url, document.baseURI);
  if (SAFE_PROTOCOLS.includes(protocol)) return url;
  report(CLIENT_CODES.badUrl, { url });
  return null;
}

export function downloadUrl(document: Document, url: string, filename: string): void {
  const href = safeUrl(document, url);
  if (href === null) return;
  const link = document.createElement("a");
  link.href = href;
  link.download = filename;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
}

export function downloadData(document: Document, base64: string, mime: string, filename: string): void {
  const url = URL.createObjectURL(new Blob([bytesOf(base64)], { type: mime }));
  downloadUrl(document, url, filename);
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
