/**
 * The selection of each upload id: adding, removing, clearing; not how files are picked or sent.
 */
import { type Picked, type RejectedFile, releasePreview, type SelectedFile, selectedFile } from "./files.ts";
import { TOO_MANY_FILES } from "./names.ts";
import { type Page, uploadState } from "./page.ts";
import * as TEXT from "./text.ts";
import { changed } from "./view.ts";

/** Adds picked files to a selection; where only one is allowed, the new one takes the old one's place. */
export function addFiles(page: Page, id: string, picked: readonly Picked[], multiple: boolean): void {
  const state = uploadState(page, id);
  const wanted = multiple ? picked : picked.slice(0, 1);
  const there = multiple ? state.files : [];
  const added = withoutDoubles(there, wanted).map(selectedFile);
  if (!multiple) state.files.forEach(releasePreview);
  state.files = [...there, ...added];
  state.rejected = picked.slice(wanted.length).map(refuse);
  const [refused] = state.rejected;
  if (refused) page.toast("error", refused.message);
  page.announce(added.length > 0 ? TEXT.selected(state.files.length) : TEXT.alreadySelected);
  changed(page);
}

/** Two picks are the same file if path, size and time agree; more of a file is not known before it is read. */
function withoutDoubles(there: readonly SelectedFile[], picked: readonly Picked[]): Picked[] {
  const known = new Set(there.map((file) => keyOf(file.path, file.content)));
  // A set grows only by what it does not have.
  return picked.filter(({ path, file }) => known.size < known.add(keyOf(path, file)).size);
}

function keyOf(path: string, file: File): string {
  return [file.size, file.lastModified, path].join("/");
}

function refuse({ file }: Picked): RejectedFile {
  return { name: file.name, code: TOO_MANY_FILES, message: TEXT.onlyOneFile };
}

/** Empties a selection; an upload that runs goes on. */
export function clearFiles(page: Page, id: string): void {
  const state = uploadState(page, id);
  state.rejected = [];
  removeFiles(page, state.files);
  page.announce(TEXT.noneSelected);
}

/** Takes files out of whatever selections they are in. */
export function removeFiles(page: Page, files: readonly SelectedFile[]): void {
  const removed = new Set(files);
  files.forEach(releasePreview);
  for (const state of page.uploads.values()) state.files = state.files.filter((file) => !removed.has(file));
  changed(page);
}
