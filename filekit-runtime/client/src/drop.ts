/**
 * Files that are dragged onto a zone or pasted; what happens to them then is `zones.ts`.
 */
import { droppedFiles } from "./folders.ts";
import { ATTRIBUTES } from "./names.ts";
import { type Page, uploadState } from "./page.ts";
import { changed } from "./view.ts";
import { inputOf, takeFiles, zoneOf } from "./zones.ts";

/** Listens on the whole document: a file dropped beside a zone must not make the browser leave the page. */
export function watchDrops(page: Page): void {
  const { document } = page;
  // The node entered last. Browsers enter a child before they leave its parent, so only leaving this one is leaving.
  let entered: EventTarget | null = null;
  document.addEventListener("dragenter", (event) => {
    entered = event.target;
    if (hasFiles(event)) showDragging(page, target(event));
  });
  document.addEventListener("dragleave", (event) => {
    if (event.target === entered) showDragging(page, null);
  });
  document.addEventListener("dragover", allow);
  document.addEventListener("drop", (event) => dropped(page, event));
  document.addEventListener("dragend", () => showDragging(page, null));
  document.addEventListener("paste", (event) => pasted(page, event));
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** The zone that would take what is dragged. */
function target(event: Event): HTMLElement | null {
  const zone = zoneOf(event.target);
  return zone && inputOf(zone) ? zone : null;
}

/** Whether the page's own code or a plain file input takes the drop. */
function isForeign(event: DragEvent): boolean {
  const { target } = event;
  return event.defaultPrevented || !hasFiles(event) || (target instanceof HTMLInputElement && !zoneOf(target));
}

function allow(event: DragEvent): void {
  if (isForeign(event)) return;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = target(event) ? "copy" : "none";
}

function dropped(page: Page, event: DragEvent): void {
  showDragging(page, null);
  if (isForeign(event) || !event.dataTransfer) return;
  event.preventDefault();
  const zone = target(event);
  if (zone) void droppedFiles(event.dataTransfer).then((picked) => takeFiles(page, zone, picked));
}

function showDragging(page: Page, zone: HTMLElement | null): void {
  const id = zone?.getAttribute(ATTRIBUTES.upload) ?? null;
  if (id !== null) uploadState(page, id);
  for (const state of page.uploads.values()) {
    if (state.dragging === (state.id === id)) continue;
    state.dragging = state.id === id;
    changed(page);
  }
}

function pasted(page: Page, event: ClipboardEvent): void {
  const files = Array.from(event.clipboardData?.files ?? []);
  const zone = files.length > 0 && !event.defaultPrevented ? pasteZone(page, event.target) : null;
  if (!zone) return;
  event.preventDefault();
  takeFiles(page, zone, files.map((file) => ({ file, path: file.name })));
}

/** The zone with the focus, or else the page's only one, unless something is being written. */
function pasteZone(page: Page, target: EventTarget | null): HTMLElement | null {
  const around = zoneOf(target);
  if (around) return around;
  if (target instanceof HTMLElement && (target.isContentEditable || target.matches("input,textarea"))) return null;
  const zones = page.root.querySelectorAll<HTMLElement>(`[${ATTRIBUTES.upload}]`);
  return zones.length === 1 ? (zones[0] ?? null) : null;
}
