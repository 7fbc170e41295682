/**
 * Files that are dragged onto a zone or pasted; what happens to them then is `zones.ts`.
 */
import { pickedFiles } from "./files.ts";
import { droppedFiles } from "./folders.ts";
import { idOf, inputOf, optionsOf, ZONE, zoneOf } from "./declared.ts";
import type { Page } from "./page.ts";
import { changed } from "./view.ts";
import { takeFiles } from "./zones.ts";

/** Listens on the whole document: a file dropped beside a zone must not make the browser leave the page. */
export function watchDrops(page: Page): void {
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
  document.addEventListener("paste", (event) => pasted(page, event));
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return !!dataTransfer?.types.includes("Files");
}

/** The zone that would take what is dragged. */
function target(event: Event): HTMLElement | null {
  const zone = zoneOf(event.target);
  return zone && inputOf(zone) && !optionsOf(zone).no_drag ? zone : null;
}

/** Whether the page's own code or a plain file input takes the drop. */
function isForeign(event: DragEvent): boolean {
  return event.defaultPrevented || !hasFiles(event) || (event.target instanceof HTMLInputElement && !zoneOf(event.target));
}

function allow(event: DragEvent): void {
  if (isForeign(event)) return;
  event.preventDefault();
  (event.dataTransfer as DataTransfer).dropEffect = target(event) ? "copy" : "none";
}

function dropped(page: Page, event: DragEvent): void {
  showDragging(page, null);
  if (isForeign(event)) return;
  event.preventDefault();
  const zone = target(event);
  if (zone) void droppedFiles(event.dataTransfer as DataTransfer).then((picked) => takeFiles(page, zone, picked));
}

function showDragging(page: Page, zone: HTMLElement | null): void {
  for (const state of page.uploads.values()) state.dragging = state.id === idOf(zone);
  changed(page);
}

function pasted(page: Page, event: ClipboardEvent): void {
  const picked = pickedFiles(event.clipboardData?.files ?? []);
  const zone = picked.length > 0 && !event.defaultPrevented && pasteZone(page, event.target as HTMLElement);
  if (!zone) return;
  event.preventDefault();
  takeFiles(page, zone, picked);
}

/** The zone with the focus, or else the only one that takes what is pasted, unless something is being written. */
function pasteZone({ root }: Page, target: HTMLElement): HTMLElement | null | undefined {
  const takes = (zone: HTMLElement): boolean => optionsOf(zone).paste !== false;
  const around = zoneOf(target);
  if (around) return takes(around) ? around : null;
  if (target.isContentEditable || target.matches("input,textarea")) return null;
  const [zone, another] = [...root.querySelectorAll<HTMLElement>(ZONE)].filter(takes);
  return another ? null : zone;
}
