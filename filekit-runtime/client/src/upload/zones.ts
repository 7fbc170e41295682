/**
 * Upload zones by click and keyboard, and what they show of themselves; dragging and pasting are `drop.ts`.
 */
import { runEvent } from "../bind/events.ts";
import { ATTRIBUTES } from "../names.ts";
import { CLIENT_ATTRIBUTES, setOwn } from "../page/owned.ts";
import { type Page, type Part, uploadState } from "../page/page.ts";
import { inTurn } from "../page/turn.ts";
import { idOf, INPUT, inputOf, type Options, optionsOf, rulesOf, ZONE, zoneOf } from "./declared.ts";
import { type Picked, pickedFiles } from "./files.ts";
import { loadTransfer, withTransfer } from "./load.ts";
import { recallUploads } from "./resume.ts";

const ON_CLICK = `[${ATTRIBUTES.on}click]`;
/** The elements that a click is meant for if they are nearer than the zone. */
const CONTROL = `a[href],button,input,select,textarea,label,summary,audio,video,${ON_CLICK}`;
/** The button that opens the dialog when a keyboard reaches it; the zone's own file input is hidden while the client runs. */
const PICKER = `button:not(${ON_CLICK})`;
/** The elements that a keyboard can reach, which must not be within a button. */
const FOCUSABLE = 'a[href],button,input:not([type="file"],[type="hidden"]),select,textarea,summary,[tabindex="0"]';

/** Listens for what visitors do to zones and their file inputs. */
export function watchZones(page: Page): void {
  const { root } = page;
  root.addEventListener("change", (event) => takeFromInput(page, event.target as HTMLInputElement));
  root.addEventListener("click", (event) => openFor(event, opensByClick));
  root.addEventListener("keydown", (event) => openFor(event, opensByKey));
  root.addEventListener("invalid", (event) => missed(page, event), true);
}

/** Opens the browser's file dialog; browsers allow it only soon after a click or a key. */
export function openDialog(input: HTMLElement | null): void {
  // The click that opens the dialog is ours; the zone's own click actions must not run for it.
  input?.addEventListener("click", (event) => event.stopPropagation(), { once: true });
  input?.click();
}

/** Adds files to a zone's selection, those before first, then runs the zone's own actions for files that came or were refused. */
export async function takeFiles(page: Page, zone: HTMLElement, picked: readonly Picked[]): Promise<void> {
  const input = inputOf(zone);
  if (!input || picked.length === 0) return;
  const id = idOf(zone);
  const rules = input.multiple ? rulesOf(zone) : { ...rulesOf(zone), max_files: 1 };
  const isNew = !input.multiple || optionsOf(zone).replace === true;
  const outcome = await inTurn(page, [`select ${id}`], () => withTransfer(page, ({ addFiles }) => addFiles(page, id, picked, rules, isNew)));
  if (outcome?.added) runEvent(page, zone, "drop");
  if (outcome?.refused) runEvent(page, zone, "drop-rejected");
}

/** Moves the input's files into the selection; emptied, the input notices when the same file is chosen again. */
function takeFromInput(page: Page, input: HTMLInputElement | null): void {
  const zone = zoneOf(input);
  if (!zone || !input?.files?.length) return;
  const picked = pickedFiles(input.files);
  input.value = "";
  void takeFiles(page, zone, picked);
}

/** Opens the dialog if an event in a zone asks for it. */
function openFor<E extends Event>(event: E, opens: (zone: Element, target: Element, event: E) => boolean): void {
  const zone = zoneOf(event.target);
  if (!zone || event.defaultPrevented || !opens(zone, event.target as Element, event)) return;
  // Such a button may be in a form, for visitors without JavaScript.
  event.preventDefault();
  openDialog(inputOf(zone));
}

/** Whether a click opens the dialog: on the zone itself, or on a button or label in it that does nothing of its own. */
function opensByClick(zone: Element, target: Element): boolean {
  const control = target.closest(CONTROL);
  if (!control?.closest(ZONE) || control === zone) return !optionsOf(zone).no_click;
  // The browser itself passes a click on to the label's control.
  return control.matches(PICKER) || (control instanceof HTMLLabelElement && !control.control);
}

function opensByKey(zone: Element, target: Element, { key }: KeyboardEvent): boolean {
  return target === zone && (key === "Enter" || key === " ") && !optionsOf(zone).no_keyboard;
}

/** A form lacks files: the browser cannot point at an input that is hidden, so its words are shown by us. */
function missed(page: Page, event: Event): void {
  if (!zoneOf(event.target)) return;
  event.preventDefault();
  page.toast("error", (event.target as HTMLInputElement).validationMessage);
}

/** Keeps a zone reachable, shows whether something is dragged over it, and tells forms whether it has files. */
export function zonePart(page: Page, zone: Element, id: string): Part {
  const input = zone.querySelector<HTMLInputElement>(INPUT);
  // As the server wrote it: parts are made after each patch.
  const required = !!input?.required;
  const options = optionsOf(zone);
  const classes = options.drag_active?.match(/\S+/g) ?? [];
  void loadTransfer(page).then(() => recallUploads(page, id));
  // Chosen before the client ran, or kept by the browser through a reload.
  takeFromInput(page, input);
  return {
    update() {
      const { dragging, files } = uploadState(page, id);
      setOwn(zone, CLIENT_ATTRIBUTES.dragging, dragging ? "" : null);
      for (const name of classes) zone.classList.toggle(name, dragging);
      reachable(zone, options, !!input?.disabled);
      if (input) input.required = required && files.length === 0;
    },
  };
}

/** A zone in which nothing opens the dialog does so itself: as a button, if it holds no other control. */
function reachable(zone: Element, { no_keyboard }: Options, disabled: boolean): void {
  const alone = !no_keyboard && !zone.querySelector(PICKER);
  setOwn(zone, "role", alone ? (zone.querySelector(FOCUSABLE) ? "group" : "button") : null);
  setOwn(zone, "tabindex", alone && !disabled ? "0" : null);
  setOwn(zone, "aria-disabled", disabled ? "true" : null);
}
