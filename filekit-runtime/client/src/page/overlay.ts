/**
 * Keeps an element above everything else on the page, and beside what can be pressed. Its content is `toast.ts`.
 */
import { CLIENT_ATTRIBUTES, markCopy } from "./owned.ts";

const CONTROL = "a[href],button,input,select,textarea,label,summary";
/** Controls are larger than the distance of two points that are looked at. */
const STEP = 20;

/**
 * Puts an element on the page. The returned function is to be called when something in it came or went:
 *
 *   while a modal dialog is open, be in it: what is outside of one can be neither pressed nor read out
 *   be shown after whatever else was
 *   be at the other edge of the screen if there are controls at this one only
 *   let the page be scrolled so far that nothing of it is below for good
 *
 * The same when something opens, closes or goes, as long as there is something in it.
 */
export function overlay(element: HTMLElement): () => void {
  document.body.append(element);
  // A patch of a dialog leaves alone what is in it.
  markCopy(element);
  // Before Chromium 114, Firefox 125 and Safari 17 it lies above the page only.
  if (!element.showPopover) return () => undefined;
  element.popover = "manual";
  const settle = (): void => {
    const home = homeOf();
    if (element.parentNode !== home) home.append(element);
    // Hidden, it would lose the focus.
    if (isOpen(element) && !element.contains(document.activeElement)) element.hidePopover();
    if (!isOpen(element)) element.showPopover();
    const setAbove = (isAbove: boolean): boolean => element.toggleAttribute(CLIENT_ATTRIBUTES.above, isAbove);
    setAbove(false);
    // While it is empty there is nothing to measure, which would cost a large page its time at the start.
    const isEmpty = !element.textContent;
    if (!isEmpty && covers(element) && setAbove(true) && covers(element)) setAbove(false);
    document.body.style.setProperty("--fk-covered", isEmpty ? "" : `${element.offsetHeight}px`);
  };
  const observer = new MutationObserver((records) => {
    if (element.parentNode !== homeOf() || records.some(({ type }) => type === "attributes")) settle();
  });
  settle();
  return () => {
    settle();
    observer.disconnect();
    if (element.textContent) observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["open"] });
  };
}

function isOpen(element: Element): boolean {
  return element.matches(":popover-open");
}

/** Returns the modal dialog that the visitor is in, or the page. */
function homeOf(): Element {
  const modal = "dialog:modal";
  return document.activeElement?.closest(modal) ?? [...document.querySelectorAll(modal)].at(-1) ?? document.body;
}

/** Whether a control lies below an element. */
function covers(element: HTMLElement): boolean {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  for (let x = left + STEP; x < right; x += STEP) {
    for (let y = top + STEP; y < bottom; y += STEP) {
      if (document.elementsFromPoint(x, y).some((each) => !element.contains(each) && each.closest(CONTROL))) return true;
    }
  }
  return false;
}
