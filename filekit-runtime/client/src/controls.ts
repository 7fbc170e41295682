/**
 * What visitors put into form controls, when the server's markup for them changes; attributes are their own module.
 */

/** Returns what the server's markup says a control holds; null for what is no control. */
export function servedValue(element: Element): string | null {
  if (element instanceof HTMLInputElement) return isToggle(element) ? String(element.defaultChecked) : element.defaultValue;
  if (element instanceof HTMLTextAreaElement) return element.defaultValue;
  return element instanceof HTMLOptionElement ? String(element.defaultSelected) : null;
}

/**
 * Gives a control the server's value if that is another than before (`served`). Otherwise the visitor's stays, and so does
 * what is being typed right now.
 */
export function settleControl(element: Element, served: string | null): void {
  if (servedValue(element) === served) return;
  if (element instanceof HTMLOptionElement) element.selected = element.defaultSelected;
  else if (element instanceof HTMLInputElement && isToggle(element)) element.checked = element.defaultChecked;
  else if (isTextField(element) && !isHalfTyped(element, served)) element.value = element.defaultValue;
}

function isToggle(input: HTMLInputElement): boolean {
  return input.type === "checkbox" || input.type === "radio";
}

function isTextField(element: Element): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLTextAreaElement || (element instanceof HTMLInputElement && element.type !== "file");
}

function isHalfTyped(field: HTMLInputElement | HTMLTextAreaElement, served: string | null): boolean {
  return field.ownerDocument.activeElement === field && field.value !== served;
}
