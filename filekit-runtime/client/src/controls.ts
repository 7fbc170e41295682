/**
 * What visitors put into form controls, when the server's markup for them changes; attributes are their own module.
 */

/** Returns what the server's markup says a control holds; null for what is no control. */
export function servedValue(element: Element): string | boolean | null {
  if (element instanceof HTMLOptionElement) return element.defaultSelected;
  if (isToggle(element)) return element.defaultChecked;
  return isTextField(element) ? element.defaultValue : null;
}

/**
 * Gives a control the server's value if that is another than before (`served`). Otherwise the visitor's stays, and so does
 * what is being typed right now.
 */
export function settleControl(element: Element, served: string | boolean | null): void {
  if (servedValue(element) === served) return;
  if (element instanceof HTMLOptionElement) element.selected = element.defaultSelected;
  else if (isToggle(element)) element.checked = element.defaultChecked;
  else if (isTextField(element) && (document.activeElement !== element || element.value === served)) element.value = element.defaultValue;
}

/**
 * Chooses in a list beside the page only what the markup says. The browser chooses the first option too, and an option that is
 * put into a list on the page takes its choice along, in place of the visitor's.
 */
export function unchoose(select: Element): void {
  if (!(select instanceof HTMLSelectElement)) return;
  select.multiple = true;
  for (const option of select.options) option.selected = option.defaultSelected;
}

function isToggle(element: Element): element is HTMLInputElement {
  return element.matches('input:is([type="checkbox"],[type="radio"])');
}

function isTextField(element: Element): element is HTMLInputElement {
  return element.matches('textarea,input:not([type="file"])');
}
