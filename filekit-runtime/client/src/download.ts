/**
 * Hands files to the browser's downloads by their address; it asks the server for nothing.
 */
import { newElement } from "./element.ts";
import { BAD_URL } from "./names.ts";
import { report } from "./report.ts";

const SAFE_PROTOCOLS = /^(https?|blob|data):$/;

/** Whether going to an address cannot run script in this page; one that can is reported. */
export function isSafe(url: string): boolean {
  const safe = SAFE_PROTOCOLS.test((newElement("a", { href: url }) as HTMLAnchorElement).protocol);
  if (!safe) report(BAD_URL, { url });
  return safe;
}

export function download(url: string, filename: string | null): void {
  if (!isSafe(url)) return;
  const link = newElement("a", { href: url, download: filename ?? "", hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
}
