/**
 * Adds files to a selection, as far as they are new and the rules allow. Sending is `upload.ts`.
 */
import { ATTRIBUTES } from "../names.ts";
import type { Page } from "../page/page.ts";
import { isMoving, type Picked, type RejectedFile, type SelectedFile } from "../upload/files.ts";
import type { Outcome } from "../upload/load.ts";
import { core } from "./core.ts";
import { type Rules, sift } from "./rules.ts";
import { areSame } from "./same.ts";
import { text } from "./words.ts";

/** Files that systems put into folders for themselves. */
const JUNK = /^(\.DS_Store|Thumbs\.db|desktop\.ini)$/i;

/** So many refusals are read one by one; the page can list them all. */
const TOLD = 5;

/**
 * Adds picked files to a selection, or puts them in its place (`replace`); what is being sent stays, and does not count:
 *
 *   leave out junk and doubles
 *   refuse what is against the rules, file by file
 *   take the rest, if there is any, in place of files that have changed since they were chosen
 */
export async function addFiles(page: Page, id: string, picked: readonly Picked[], rules: Rules, replace: boolean): Promise<Outcome> {
  const state = core.uploadState(page, id);
  const paths = new Set(picked.map(({ path }) => path));
  const isLeft = (file: SelectedFile): boolean => (replace ? isMoving(file) : !(file.hasChanged && paths.has(file.path)));
  const fresh = await withoutDoubles(page, state.files.filter(isLeft), picked.filter(({ file }) => !JUNK.test(file.name)));
  // The selection is read again: meanwhile something may have been sent or removed.
  const waiting = state.files.filter((file) => isLeft(file) && !isMoving(file));
  const { taken, refused } = sift(rules, waiting, fresh);
  if (taken.length > 0) {
    core.removeFiles(page, state.files.filter((file) => !isLeft(file)));
    const files = taken.map(core.selectedFile);
    if (state.unfinished.length > 0) (await core.loadResume(page))?.adopt(page, id, files);
    state.files = [...state.files, ...files];
  }
  const said = reject(page, id, refused);
  if (taken.length > 0) page.announce([...said, core.countText(page, id)].join("\n"));
  else if (said.length > 0) page.announce(said.join("\n"));
  return { added: taken.length, refused: refused.length };
}

/** Shows which files were not taken, in the place of those before, and why; returns what is left to be said of it. */
function reject(page: Page, id: string, refused: readonly RejectedFile[]): string[] {
  core.uploadState(page, id).rejected = refused;
  const reasons = inFew(refused.map(({ message }) => message));
  core.changed(page);
  if (!reasons) return [];
  if (isListed(page, id)) return [reasons];
  page.toast("error", reasons);
  return [];
}

/** Puts messages into lines, each once, and of many only some. */
export function inFew(messages: readonly string[]): string {
  const lines = [...new Set(messages)];
  const count = lines.splice(TOLD).length;
  return (count > 0 ? [...lines, text("client.more", { count })] : lines).join("\n");
}

/** Tells whether the page itself shows which files were not taken. */
function isListed({ root }: Page, id: string): boolean {
  const list = JSON.stringify(["rejected_files", id]);
  return root.querySelector(`[${ATTRIBUTES.for}=${JSON.stringify(list)}]`) !== null;
}

/**
 * Leaves out what is there already, and says so:
 *
 *   files of another path, size or time are different
 *   two with the same may lie in two folders, of which only a chosen or dropped folder tells: their contents decide
 */
async function withoutDoubles(page: Page, there: readonly SelectedFile[], picked: readonly Picked[]): Promise<readonly Picked[]> {
  const known = new Map<string, File[]>();
  /** Returns the files that this one may be, and makes it one of them. */
  const alike = (path: string, file: File): File[] => {
    const key = [file.size, file.lastModified, path].join("/");
    const before = known.get(key) ?? [];
    known.set(key, [...before, file]);
    return before;
  };
  for (const { path, content } of there) alike(path, content);
  const pairs = picked.flatMap(({ path, file }) => alike(path, file).map((other) => [other, file] as const));
  if (pairs.length === 0) return picked;
  const same = await areSame(pairs);
  const doubles = new Set(pairs.flatMap(([, file], index) => (same[index] ? [file] : [])));
  if (doubles.size > 0) page.toast("info", inFew(Array.from(doubles, ({ name }) => text("client.already-selected", { name }))));
  return picked.filter(({ file }) => !doubles.has(file));
}
