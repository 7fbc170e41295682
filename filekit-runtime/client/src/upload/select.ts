/**
 * The selection of each upload id: removing, clearing, counting. Adding is `transfer/add.ts`.
 */
import { changed, type Page, uploadState } from "../page/page.ts";
import { text } from "../page/words.ts";
import { idOf, ZONE } from "./declared.ts";
import { releasePreview, type SelectedFile } from "./files.ts";

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

/** Says how many files are selected. */
export function countText(page: Page, id: string): string {
  const count = uploadState(page, id).files.length;
  return count > 0 ? text("client.selected", { count }) : text("client.none-selected");
}
