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

/** Milliseconds between downloads. Chromium lets a page begin ten a second, and drops the others without a word. */
const PACE = 200;

/** Milliseconds that a server may take to answer, in which another download must not end one that waits for it. */
const PATIENCE = 300_000;

/** When the next download may begin. */
let free = -PATIENCE;

/** Begins a download as soon as it may; what is to be done after it waits until then. */
export async function download(url: string, filename: string | null): Promise<boolean> {
  if (!isSafe(url)) return true;
  const now = performance.now();
  const last = free;
  const start = Math.max(last, now);
  free = start + PACE;
  if (start > now) await new Promise((resolve) => setTimeout(resolve, start - now));
  const begin = ({ body }: Document): void => {
    const link = newElement("a", { href: url, download: filename ?? "", hidden: "" });
    body.append(link);
    link.click();
    link.remove();
  };
  if (start < last + PATIENCE && needsFrames()) {
    const frame = newElement("iframe", { hidden: "" }) as HTMLIFrameElement;
    document.body.append(frame);
    // A frame loads what is no download, and nothing where the page's policy forbids it (`frame-src`): what is done then is up to the page.
    frame.onload = () => {
      frame.remove();
      begin(document);
    };
    begin(frame.contentDocument ?? document);
    setTimeout(() => frame.remove(), PATIENCE);
  } else begin(document);
  return true;
}

/**
 * Whether a download that follows another needs a frame of its own. In WebKit a link to a download is a navigation until the server has
 * answered, and the next one in the same document ends it (WebKitGTK 2.50). What `vendor` says of an engine stands in HTML, "Client
 * identification".
 */
function needsFrames(): boolean {
  return navigator.vendor.startsWith("Apple");
}
