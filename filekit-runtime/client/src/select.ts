/**
 * The selection of each upload id: adding, removing, clearing; not how files are picked or sent.
 */
import { type Picked, type RejectedFile, releasePreview, type SelectedFile, selectedFile } from "./files.ts";
import { CLIENT_CODES } from "./names.ts";
import { type Page, uploadState } from "./page.ts";
import { TEXT } from "./text.ts";
import { changed } from "./view.ts";

/** Adds picked files to a selection; where only one is allowed, the new one takes the old one's place. */
export function addFiles(page: Page, id: string, picked: readonly Picked[], multiple: boolean): void {
  const state = uploadState(page, id);
  const wanted = multiple ? picked : picked.slice(0, 1);
  const added = withoutDoubles(multiple ? state.files : [], wanted).map(selectedFile);
  if (!multiple && added.length > 0) state.files.forEach(releasePreview);
  state.files = multiple || added.length === 0 ? [...state.files, ...added] : added;
  state.rejected = picked.slice(wanted.length).map(refuse);
  const [refused] = state.rejected;
  if (refused) page.toast("error", refused.message);
  page.announce(added.length > 0 ? TEXT.selected(state.files.length) : TEXT.alreadySelected);
  changed(page);
}

/** Two picks are the same file if path, size and time agree; more of a file is not known before it is read. */
function withoutDoubles(there: readonly SelectedFile[], picked: readonly Picked[]): Picked[] {
  const known = new Set(there.map((file) => keyOf(file.path, file.content)));
  return picked.filter((pick) => {
    const key = keyOf(pick.path, pick.file);
    const fresh = !known.has(key);
    known.add(key);
    return fresh;
  });
}

function keyOf(path: string, file: File): string {
  return [file.size, file.lastModified, path].join("/");
}

function refuse({ file }: Picked): RejectedFile {
  return { name: file.name, code: CLIENT_CODES.tooManyFiles, message: TEXT.onlyOneFile };
}

/** Empties a selection; an upload that runs goes on. */
export function clearFiles(page: Page, id: string): void {
  const state = uploadState(page, id);
  state.rejected = [];
  removeFiles(page, new Set(state.files));
  page.announce(TEXT.noneSelected);
}

/** Takes files out of whatever selections they are in. */
export function removeFiles(page: Page, files: ReadonlySet<SelectedFile>): void {
  files.forEach(releasePreview);
  for (const state of page.uploads.values()) {
    const left = state.files.filter((file) => !files.has(file));
    if (left.length < state.files.length) state.files = left;
  }
  changed(page);
}
