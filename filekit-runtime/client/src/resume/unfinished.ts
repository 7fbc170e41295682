/**
 * The uploads of earlier visits: what is left of them, and their files when they are chosen again.
 */
import { EXPRESSIONS, HEADERS } from "../names.ts";
import { percentOf } from "../page/format.ts";
import type { Page } from "../page/page.ts";
import type { SelectedFile, UnfinishedFile } from "../upload/files.ts";
import type { Origin, StoredFile, StoredUpload } from "../upload/stored.ts";
import { COMPLETE } from "./bytes.ts";
import { storedBytes } from "./direct.ts";
import { lent } from "./lent.ts";
import { drop, forget, know, storedUploads } from "./memory.ts";
import { say, text } from "./words.ts";

/** Ids that were looked for. */
const looked = new WeakMap<Page, Set<string>>();

/** Shows the files of an id whose bytes the server still has. Those that another tab is sending are shown if that tab leaves them. */
export async function recall(page: Page, id: string): Promise<void> {
  const ids = looked.get(page) ?? new Set();
  if (ids.has(id)) return;
  looked.set(page, ids.add(id));
  const held = new Set((await navigator.locks?.query())?.held?.map(({ name }) => name));
  const urls = unfinishedOf(id).map(({ url }) => url);
  // The document that was just left may hold its locks for a moment.
  for (const url of urls) if (held.has(url)) void navigator.locks.request(url, { mode: "shared" }, () => show(page, id, [url]));
  await show(page, id, urls.filter((url) => !held.has(url)));
}

/** The stored uploads that have files of an id. */
function unfinishedOf(id: string): StoredUpload[] {
  return storedUploads().filter(({ files }) => files.some(({ upload }) => upload === id));
}

/** Shows the files of these uploads. */
async function show(page: Page, id: string, urls: readonly string[]): Promise<void> {
  const found: UnfinishedFile[] = [];
  for (const upload of unfinishedOf(id)) {
    const { url, files } = upload;
    if (!urls.includes(url)) continue;
    know(upload);
    const answer = await lent.exchange(page, url, null, { method: "HEAD" });
    // A complete upload has run its event, or is running it.
    if (answer?.status === 404 || answer?.header(HEADERS.complete) === COMPLETE) forget(url);
    else {
      const offset = Number(answer?.header(HEADERS.offset) ?? 0);
      for (const file of files) if (file.upload === id) found.push(unfinishedFile(url, file, await bytesOf(page, url, file, offset)));
    }
  }
  if (found.length === 0) return;
  const state = lent.uploadState(page, id);
  state.unfinished = [...state.unfinished, ...found];
  adopt(page, id, state.files);
  const count = state.unfinished.length;
  if (count > 0) lent.tell(page, text("client.unfinished", { count }), EXPRESSIONS.unfinished_files);
}

/** How many bytes of a file are there, here or in the store. */
function bytesOf(page: Page, url: string, { nth, size, have, at, direct }: StoredFile, offset: number): Promise<number> | number {
  return direct ? storedBytes(page, url, nth) : have + Math.min(Math.max(0, offset - at), size - have);
}

function unfinishedFile(url: string, file: StoredFile, there: number): UnfinishedFile {
  const { path, size } = file;
  const unfinished: UnfinishedFile = {
    name: path.split("/").at(-1) as string,
    path,
    size,
    size_text: lent.sizeText(size),
    mime: "",
    preview_url: "",
    status: "unfinished",
    progress: percentOf(there, size),
    rate_text: "",
    eta_text: "",
    error: "",
  };
  lent.origins.set(unfinished, { url, nth: file.nth });
  keys.set(unfinished, keyOf(path, size, file.modified));
  return unfinished;
}

/** What says that a file that was chosen is one from before. */
const keys = new WeakMap<UnfinishedFile, string>();

function keyOf(path: string, size: number, modified: number): string {
  return [size, modified, path].join("/");
}

/** Files that were chosen again take the places of those that were left unfinished, with the bytes that are there. */
export function adopt(page: Page, id: string, files: readonly SelectedFile[]): void {
  const state = lent.uploadState(page, id);
  const left = new Map(state.unfinished.map((file) => [keys.get(file), file]));
  for (const file of files) {
    const key = keyOf(file.path, file.size, file.content.lastModified);
    const known = left.get(key);
    if (!known || file.status !== "selected") continue;
    lent.origins.set(file, lent.origins.get(known) as Origin);
    file.progress = known.progress;
    left.delete(key);
  }
  state.unfinished = [...left.values()];
  lent.changed(page);
}

/** Forgets what was left unfinished, here and on the server. */
export function discard(page: Page, id: string): void {
  const state = lent.uploadState(page, id);
  drop(page, state.unfinished);
  state.unfinished = [];
  say(page, "client.discarded");
  lent.changed(page);
}
