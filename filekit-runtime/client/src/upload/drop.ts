/**
 * Files that are dragged onto a zone or pasted. They are added by `zones.ts`.
 */
import { changed, type Page } from "../page/page.ts";
import { idOf, inputOf, optionsOf, ZONE, zoneOf } from "./declared.ts";
import { pickedFiles } from "./files.ts";
import { withTransfer } from "./load.ts";
import { takeFiles } from "./zones.ts";

/** An element dragged from the page itself: a picture of it comes as a file in some browsers, but the visitor has chosen none. */
let source: Node | null = null;

/** Listens on the whole document: a file dropped beside a zone must not make the browser leave the page. */
export function watchDrops(page: Page): void {
  // The node entered last. Browsers enter a child before they leave its parent, so only leaving this one is leaving.
  let entered: EventTarget | null = null;
  document.addEventListener("dragstart", (event) => (source = event.target as Node));
  document.addEventListener("dragend", () => (source = null));
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

/** A source that a patch has removed says no more when its drag has ended. */
function hasFiles({ dataTransfer }: DragEvent): boolean {
  return !!dataTransfer?.types.includes("Files") && !source?.isConnected;
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
  if (zone) void take(page, zone, event.dataTransfer as DataTransfer);
}

/** Takes what was dropped. When the drop was handled the browser has forgotten it, so all is noted before anything is waited for. */
async function take(page: Page, zone: HTMLElement, { files, items }: DataTransfer): Promise<void> {
  const picked = pickedFiles(files);
  const entries = Array.from(items, (item) => item.webkitGetAsEntry());
  const isFlat = !entries.some((entry) => entry?.isDirectory);
  const all = isFlat ? picked : await withTransfer(page, ({ readEntries }) => readEntries(entries));
  if (all) void takeFiles(page, zone, all);
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
  void takeFiles(page, zone, picked);
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
