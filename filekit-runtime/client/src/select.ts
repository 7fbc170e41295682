/**
 * The selection of each upload id: adding, removing, clearing; not how files are picked or sent.
 */
import { idOf, ZONE } from "./declared.ts";
import { isMoving, type Picked, type RejectedFile, releasePreview, type SelectedFile, selectedFile } from "./files.ts";
import { ATTRIBUTES } from "./names.ts";
import { type Page, uploadState } from "./page.ts";
import { type Rules, sift } from "./rules.ts";
import { text } from "./texts.ts";
import { changed } from "./view.ts";

/** Files that systems put into folders for themselves. */
const JUNK = /^(\.DS_Store|Thumbs\.db|desktop\.ini)$/i;

/** So many refusals are read one by one; the page can list them all. */
const TOLD = 5;

/** How many files were added to a selection, and how many were not. */
export interface Outcome {
  readonly added: number;
  readonly refused: number;
}

/**
 * Adds picked files to a selection, or puts them in its place (`replace`); what is being sent stays, and does not count:
 *
 *   leave out junk and doubles
 *   refuse what is against the rules, file by file
 *   take the rest, if there is any
 */
export function addFiles(page: Page, id: string, picked: readonly Picked[], rules: Rules, replace: boolean): Outcome {
  const state = uploadState(page, id);
  const old = state.files.filter((file) => !isMoving(file));
  const there = replace ? state.files.filter(isMoving) : state.files;
  const fresh = withoutDoubles(there, picked.filter(({ file }) => !JUNK.test(file.name)));
  const { taken, refused } = sift(rules, replace ? [] : old, fresh);
  if (taken.length > 0) {
    if (replace) old.forEach(releasePreview);
    state.files = [...there, ...taken.map(selectedFile)];
  }
  const said = reject(page, id, refused);
  if (taken.length > 0) said.push(countText(page, id));
  else if (refused.length === 0) said.push(text("client.already-selected"));
  page.announce(said.join("\n"));
  return { added: taken.length, refused: refused.length };
}

/** Shows which files were not taken, in the place of those before, and why; returns what is left to be said of it. */
function reject(page: Page, id: string, refused: readonly RejectedFile[]): string[] {
  uploadState(page, id).rejected = refused;
  const reasons = [...new Set(refused.map(({ message }) => message))];
  const count = reasons.splice(TOLD).length;
  if (count > 0) reasons.push(text("client.more", { count }));
  changed(page);
  if (isListed(page, id)) return reasons;
  if (reasons.length > 0) page.toast("error", reasons.join("\n"));
  return [];
}

/** Tells whether the page itself shows which files were not taken. */
function isListed({ root }: Page, id: string): boolean {
  const list = JSON.stringify(["rejected_files", id]);
  return root.querySelector(`[${ATTRIBUTES.for}=${JSON.stringify(list)}]`) !== null;
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

/** Empties a selection; an upload that runs goes on. */
export function clearFiles(page: Page, id: string): void {
  const state = uploadState(page, id);
  state.rejected = [];
  removeFiles(page, state.files);
  announceCount(page, id);
}

/** Makes the fields of a form what the server sent, and empties the selections in it. */
export function clearForm(page: Page, form: HTMLFormElement): void {
  // A control of the name `reset` hides the form's own.
  HTMLFormElement.prototype.reset.call(form);
  for (const zone of form.querySelectorAll(ZONE)) clearFiles(page, idOf(zone));
}

/** Takes files out of whatever selections they are in. */
export function removeFiles(page: Page, files: readonly SelectedFile[]): void {
  const removed = new Set(files);
  files.forEach(releasePreview);
  for (const state of page.uploads.values()) state.files = state.files.filter((file) => !removed.has(file));
  changed(page);
}

/** Takes out one file, as a visitor does, who hears how many are left. */
export function removeFile(page: Page, file: SelectedFile): void {
  const state = [...page.uploads.values()].find(({ files }) => files.includes(file));
  removeFiles(page, [file]);
  if (state) announceCount(page, state.id);
}

function announceCount(page: Page, id: string): void {
  page.announce(countText(page, id));
}

function countText(page: Page, id: string): string {
  const count = uploadState(page, id).files.length;
  return count > 0 ? text("client.selected", { count }) : text("client.none-selected");
}
