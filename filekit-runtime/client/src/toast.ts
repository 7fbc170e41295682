/**
 * Messages that lie over the page; they never hold markup, and they do not know where their words come from.
 */
import type { TOAST_KINDS } from "./names.ts";
import { TEXT } from "./text.ts";

export type ToastKind = (typeof TOAST_KINDS)[number];

export interface Toasts {
  show(kind: ToastKind, text: string): void;
}

const SHOWN_MS = 6000;

/** Makes the place for toasts. Errors are alerts by themselves, so only the others stand in a live region. */
export function createToasts(document: Document): Toasts {
  const place = document.createElement("section");
  place.className = "fk-toasts";
  place.setAttribute("aria-label", TEXT.notifications);
  const errors = document.createElement("div");
  const others = document.createElement("div");
  others.setAttribute("aria-live", "polite");
  place.append(errors, others);
  document.body.append(place);
  return { show: (kind, text) => show(kind === "error" ? errors : others, kind, text) };
}

function show(list: HTMLElement, kind: ToastKind, text: string): void {
  const toast = newToast(list.ownerDocument, kind, text);
  // The same words twice are one message, shown anew.
  for (const old of Array.from(list.children)) if (old.textContent === toast.textContent) old.remove();
  list.append(toast);
  if (kind !== "error") expire(toast);
}

function newToast(document: Document, kind: ToastKind, text: string): HTMLElement {
  const toast = document.createElement("div");
  toast.className = "fk-toast";
  toast.dataset["kind"] = kind;
  if (kind === "error") toast.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  toast.append(words, closeButton(toast, document.activeElement));
  return toast;
}

function closeButton(toast: HTMLElement, cameFrom: Element | null): HTMLButtonElement {
  const button = toast.ownerDocument.createElement("button");
  button.type = "button";
  button.className = "fk-toast-close";
  button.setAttribute("aria-label", TEXT.close);
  button.addEventListener("click", () => close(toast, cameFrom));
  toast.addEventListener("keydown", (event) => event.key === "Escape" && close(toast, cameFrom));
  return button;
}

/** Removes a toast; a focus in it goes back to where it was when the toast came. */
function close(toast: HTMLElement, cameFrom: Element | null): void {
  const focused = toast.contains(toast.ownerDocument.activeElement);
  toast.remove();
  if (focused && cameFrom instanceof HTMLElement) cameFrom.focus({ preventScroll: true });
}

/** Removes a toast after a while, but not while it is looked at. */
function expire(toast: HTMLElement): void {
  let timer = 0;
  const stop = (): void => clearTimeout(timer);
  const start = (): void => {
    stop();
    timer = window.setTimeout(() => toast.remove(), SHOWN_MS);
  };
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusout", start);
  start();
}
