/**
 * Messages that lie over the page; they never hold markup. The client's own words are `words.ts`.
 */
import { newElement } from "./element.ts";
import { overlay } from "./overlay.ts";
import { text as fixed } from "./words.ts";

export type ToastKind = "info" | "success" | "error";

/** Shows a message, and returns what removes it. One that stays does not go by itself; errors stay in any case. */
export type Toaster = (kind: ToastKind, text: string, stays?: boolean) => () => void;

const SHOWN_MS = 6000;

/** Makes the place for toasts. Errors are alerts by themselves, so only the others are in a live region. */
export function createToaster(): Toaster {
  const errors = newElement("div", {});
  const others = newElement("div", { "aria-live": "polite" });
  const settle = overlay(newElement("section", { class: "fk-toasts", "aria-label": fixed("client.notifications") }, errors, others));
  return (kind, text, stays) => {
    const isError = kind === "error";
    const list = isError ? errors : others;
    const [toast, close] = newToast(kind, text, settle);
    if (isError) toast.setAttribute("role", "alert");
    // The same words twice are one message, shown anew.
    for (const old of [...list.children]) if (old.textContent === text) old.remove();
    list.append(toast);
    settle();
    if (!isError && !stays) expire(toast, settle);
    return close;
  };
}

/** Makes a toast with its button; when it is closed, a focus in it goes back to where it was when the toast came. */
function newToast(kind: ToastKind, text: string, settle: () => void): [HTMLElement, () => void] {
  const cameFrom = document.activeElement as HTMLElement | null;
  const button = newElement("button", { type: "button", class: "fk-toast-close", "aria-label": fixed("client.close") });
  const toast = newElement("div", { class: "fk-toast", "data-kind": kind }, newElement("p", {}, text), button);
  const close = (): void => {
    const focused = toast.contains(document.activeElement);
    toast.remove();
    settle();
    if (focused) cameFrom?.focus({ preventScroll: true });
  };
  button.onclick = close;
  toast.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    // Else a dialog around it would close, too.
    event.preventDefault();
    close();
  };
  return [toast, close];
}

/** Removes a toast after a while, but not while it is looked at. */
function expire(toast: HTMLElement, settle: () => void): void {
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) return expire(toast, settle);
    toast.remove();
    settle();
  }, SHOWN_MS);
}
