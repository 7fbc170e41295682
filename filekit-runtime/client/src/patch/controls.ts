/**
 * Values that visitors put into form controls, when the server's markup for them changes. Attributes are `attributes.ts`.
 */

/** The properties of all controls; no element has them all, and most have none. */
interface Control {
  readonly defaultSelected?: boolean;
  readonly defaultChecked?: boolean;
  readonly defaultValue?: string;
  readonly type?: string;
  selected?: boolean;
  checked?: boolean;
  value?: string;
}

const TOGGLE = /^(checkbox|radio)$/;
/** Controls whose value is no text of a visitor. */
const NO_TEXT = /^(file|output)$/;

/** Returns what the server's markup says a control holds; nothing for what is no control. */
export function servedValue({ defaultSelected, defaultChecked, defaultValue, type = "" }: Control): string | boolean | undefined {
  if (TOGGLE.test(type)) return defaultChecked;
  return defaultSelected ?? (NO_TEXT.test(type) ? undefined : defaultValue);
}

/**
 * Gives a control the server's value if that is another than before (`served`). Otherwise the visitor's stays, and so does
 * what is being typed right now.
 */
export function settleControl(element: object, served: string | boolean | undefined): void {
  const control = element as Control;
  const value = servedValue(control);
  if (value === served) return;
  if (typeof value !== "string") control[control.defaultSelected === undefined ? "checked" : "selected"] = value as boolean;
  else if (document.activeElement !== element || control.value === served) control.value = value;
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
