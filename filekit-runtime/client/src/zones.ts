/**
 * Upload zones by click and keyboard, and what they show of themselves; dragging and pasting are `drop.ts`.
 */
import { runEvent } from "./events.ts";
import type { Picked } from "./files.ts";
import { ATTRIBUTES, CLIENT_ATTRIBUTES } from "./names.ts";
import { setOwn } from "./owned.ts";
import { type Page, uploadState } from "./page.ts";
import { addFiles } from "./select.ts";
import type { Part } from "./templates.ts";

const ZONE = `[${ATTRIBUTES.upload}]`;
const ON_CLICK = `[${ATTRIBUTES.on}click]`;
/** What a click is meant for if it is nearer than the zone. */
const CONTROL = `a[href],button,input,select,textarea,label,summary,audio,video,${ON_CLICK}`;
/** What opens the dialog when a keyboard reaches it; the zone's own file input is hidden while the client runs. */
const OPENER = `button:not(${ON_CLICK})`;
/** What else a keyboard can reach, which must not stand within a button. */
const FOCUSABLE = 'a[href],button,input:not([type="file"],[type="hidden"]),select,textarea,summary,[tabindex="0"]';
const INPUT = 'input[type="file"]';

/** Listens for what visitors do to zones and their file inputs. */
export function watchZones(page: Page): void {
  page.root.addEventListener("change", (event) => takeFromInput(page, event.target));
  page.root.addEventListener("click", (event) => clicked(event));
  page.root.addEventListener("keydown", (event) => keyed(event));
  page.root.addEventListener("invalid", (event) => missed(page, event), true);
}

/** Returns the zone that a node is in. */
export function zoneOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(ZONE) : null;
}

/** Returns a zone's file input unless it is disabled. */
export function inputOf(zone: HTMLElement): HTMLInputElement | null {
  const input = zone.querySelector<HTMLInputElement>(INPUT);
  return input?.disabled ? null : input;
}

/** Opens the browser's file dialog; browsers allow it only soon after a click or a key. */
export function openDialog(page: Page, id: string): void {
  const input = page.document.getElementById(id);
  if (input instanceof HTMLInputElement && input.type === "file") open(input);
}

/** The click that opens the dialog is ours; the zone's own click actions must not run for it. */
function open(input: HTMLInputElement): void {
  input.addEventListener("click", (event) => event.stopPropagation(), { once: true });
  input.click();
}

/** Adds files to a zone's selection, then runs the zone's own actions for new files. */
export function takeFiles(page: Page, zone: HTMLElement, picked: readonly Picked[]): void {
  const input = inputOf(zone);
  if (!input || picked.length === 0) return;
  addFiles(page, zone.getAttribute(ATTRIBUTES.upload) ?? "", picked, input.multiple);
  runEvent(page, zone, "drop");
}

/** Moves the input's files into the selection; emptied, the input notices when the same file is chosen again. */
function takeFromInput(page: Page, target: EventTarget | null): void {
  const zone = zoneOf(target);
  if (!zone || !(target instanceof HTMLInputElement) || !target.files?.length) return;
  const picked = Array.from(target.files, (file) => ({ file, path: file.webkitRelativePath || file.name }));
  target.value = "";
  takeFiles(page, zone, picked);
}

function clicked(event: MouseEvent): void {
  const zone = zoneOf(event.target);
  if (!zone || event.defaultPrevented || !opensDialog(zone, event.target)) return;
  // Such a button may stand in a form, for visitors without JavaScript.
  event.preventDefault();
  const input = inputOf(zone);
  if (input) open(input);
}

/** Whether a click opens the dialog: on the zone itself, or on a button or label in it that does nothing of its own. */
function opensDialog(zone: HTMLElement, target: EventTarget | null): boolean {
  const control = target instanceof Element ? target.closest(CONTROL) : null;
  if (!control || control === zone || !zone.contains(control)) return true;
  if (control.matches(ON_CLICK)) return false;
  // The browser itself passes a click on to the label's control.
  if (control instanceof HTMLLabelElement) return control.control === null;
  return control instanceof HTMLButtonElement;
}

function keyed(event: KeyboardEvent): void {
  const zone = zoneOf(event.target);
  if (!zone || event.target !== zone || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  const input = inputOf(zone);
  if (input) open(input);
}

/** A form lacks files: the browser cannot point at an input that is hidden, so its words are shown by us. */
function missed(page: Page, event: Event): void {
  if (!zoneOf(event.target)) return;
  event.preventDefault();
  page.toast("error", (event.target as HTMLInputElement).validationMessage);
}

/** Keeps a zone reachable, shows whether something is dragged over it, and tells forms whether it has files. */
export function zonePart(zone: Element, id: string): Part {
  const input = zone.querySelector<HTMLInputElement>(INPUT);
  // As the server wrote it: parts are made after each patch.
  const required = input?.required ?? false;
  let found = false;
  return {
    update(page) {
      const { dragging, files } = uploadState(page, id);
      setOwn(zone, CLIENT_ATTRIBUTES.dragging, dragging ? "" : null);
      reachable(zone);
      if (input) input.required = required && files.length === 0;
      if (found) return;
      found = true;
      // Chosen before the client ran, or kept by the browser through a reload.
      takeFromInput(page, input);
    },
  };
}

/** A zone in which nothing opens the dialog does so itself: as a button, if it holds no other control. */
function reachable(zone: Element): void {
  const alone = zone.querySelector(OPENER) === null;
  const disabled = zone.querySelector<HTMLInputElement>(INPUT)?.disabled ?? false;
  setOwn(zone, "role", alone ? (zone.querySelector(FOCUSABLE) ? "group" : "button") : null);
  setOwn(zone, "tabindex", alone && !disabled ? "0" : null);
  setOwn(zone, "aria-disabled", disabled ? "true" : null);
}
