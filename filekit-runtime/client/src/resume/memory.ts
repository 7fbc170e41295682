/**
 * What is remembered of uploads that have not come to their end: in this browser's store, for a later visit, and of the files
 * of this page, for another try.
 */
import type { Page } from "../page/page.ts";
import { storeKey, type StoredUpload } from "../upload/stored.ts";
import { lent } from "./lent.ts";

/** How a plan names the bytes of a file that are there. */
export function sourceOf(file: object): string | undefined {
  const origin = lent.origins.get(file);
  return origin && isKnown(origin.url) ? `${origin.url.split("/").at(-1)}/${origin.nth}` : undefined;
}

/** The uploads that this page knows, also if there is no store. */
const uploads = new Map<string, StoredUpload>();

export function isKnown(url: string): boolean {
  return uploads.has(url);
}

/** What lets other tabs have an upload again. */
const locks = new Map<string, () => void>();

/** Returns what is stored for this page, and not expired. */
export function storedUploads(): StoredUpload[] {
  try {
    return (JSON.parse(localStorage.getItem(storeKey()) ?? "[]") as StoredUpload[]).filter(({ until }) => until > Date.now());
  } catch {
    // There is no store, or something else is in it.
    return [];
  }
}

/** Notes what is left of an upload. Without a store, that is known until the page is left. */
function write(url: string, upload: StoredUpload | null): void {
  const all = storedUploads().filter((other) => other.url !== url);
  if (upload) all.push(upload);
  if (upload) uploads.set(url, upload);
  else uploads.delete(url);
  try {
    if (all.length > 0) localStorage.setItem(storeKey(), JSON.stringify(all));
    else localStorage.removeItem(storeKey());
  } catch {
    // There is no store, or it is full.
  }
}

/** Makes an upload known that was stored. */
export function know(upload: StoredUpload): void {
  uploads.set(upload.url, upload);
}

/** Remembers an upload that has begun, and that its files are in it from now on, not in those before. */
export function remember(page: Page, upload: StoredUpload, files: readonly object[]): void {
  drop(page, files);
  write(upload.url, upload);
  // A tab that is closed or crashes lets go of its locks. They are to be had over a secure connection only.
  void navigator.locks?.request(upload.url, () => new Promise<void>((resolve) => locks.set(upload.url, resolve))).catch(() => undefined);
  files.forEach((file, nth) => lent.origins.set(file, { url: upload.url, nth }));
}

/** Forgets an upload that is no more. */
export function forget(url: string): void {
  write(url, null);
  locks.get(url)?.();
  locks.delete(url);
}

/** Has the server forget an upload, now or when it can be reached again. */
export async function remove(page: Page, url: string): Promise<void> {
  forget(url);
  if (await lent.exchange(page, url, null, { method: "DELETE" })) return;
  window.addEventListener("online", () => void remove(page, url), { once: true });
}

/** Lets go of the bytes of files, and of the uploads of which nothing is left then. */
export function drop(page: Page, files: readonly object[]): void {
  const dropped = new Map<string, Set<number>>();
  for (const file of files) {
    const { url, nth } = lent.origins.get(file) ?? {};
    lent.origins.delete(file);
    if (url === undefined || nth === undefined || !isKnown(url)) continue;
    dropped.set(url, (dropped.get(url) ?? new Set()).add(nth));
  }
  for (const [url, numbers] of dropped) {
    const upload = storedUploads().find((each) => each.url === url) ?? uploads.get(url);
    const left = upload?.files.filter(({ nth }) => !numbers.has(nth)) ?? [];
    if (upload && left.length > 0) write(url, { ...upload, files: left });
    else void remove(page, url);
  }
}
