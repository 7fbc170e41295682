/**
 * Hands files to the browser's downloads by their address.
 */
import { BAD_URL } from "../names.ts";
import { newElement } from "../page/element.ts";
import { report } from "../page/report.ts";

const SAFE_PROTOCOLS = /^(https?|blob|data):$/;

/** Whether going to an address cannot run script in this page; one that can is reported. */
export function isSafe(url: string): boolean {
  const safe = SAFE_PROTOCOLS.test((newElement("a", { href: url }) as HTMLAnchorElement).protocol);
  if (!safe) report(BAD_URL, { url });
  return safe;
}

/**
 * Milliseconds between downloads. Chromium lets a page begin ten a second, and drops the others without a word. WebKit (WebKitGTK 2.50)
 * drops one that has not begun when the next is asked for, which takes more than 110 ms on a busy machine.
 */
const PACE = 200;

/** When the next download may begin. */
let free = 0;

/** Begins a download as soon as it may; what is to be done after it waits until then. */
export async function download(url: string, filename: string | null): Promise<boolean> {
  if (!isSafe(url)) return true;
  const now = performance.now();
  const start = Math.max(free, now);
  free = start + PACE;
  if (start > now) await new Promise((resolve) => setTimeout(resolve, start - now));
  const link = newElement("a", { href: url, download: filename ?? "", hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
  return true;
}
