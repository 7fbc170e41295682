/**
 * From a browser event to the actions of the nearest element that has some; one listener per event type, on the root.
 */
import { ATTRIBUTES, FAILED } from "../names.ts";
import { whileBusy } from "../page/busy.ts";
import { parseMarkup } from "../page/json.ts";
import { type Action, type Page, uploadState } from "../page/page.ts";
import { report } from "../page/report.ts";
import { uploadIds } from "./expressions.ts";
import { scopeOf } from "./templates.ts";

/** Types whose repetition is a slip and not a newer value. */
const ONCE = /^(click|dblclick|submit)$/;

/** Listens for a type that some element has actions for; `zones.ts` knows the moment of a zone's own types. */
export function listen(page: Page, type: string): void {
  if (page.listening.has(type) || type.startsWith("drop")) return;
  page.listening.add(type);
  // An event that does not bubble passes the root only on its way down.
  for (const capture of [true, false]) {
    page.root.addEventListener(type, (event) => event.bubbles === capture || handle(page, event), { capture });
  }
}

function handle(page: Page, event: Event): void {
  const attribute = ATTRIBUTES.on + event.type;
  const target = event.target as Element;
  // An event that does not bubble is meant for the element that it happens to, and no other.
  const holder = event.bubbles ? target.closest(`[${attribute}]`) : target;
  if (!holder?.hasAttribute(attribute) || isForBrowser(event, holder)) return;
  if (replacesDefault(event, holder)) event.preventDefault();
  runEvent(page, holder, event.type, (event as SubmitEvent).submitter ?? holder);
}

/** Whether the visitor asked the browser to open a link elsewhere. */
function isForBrowser(event: Event, holder: Element): boolean {
  return event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey) && holder.matches("a[href]");
}

/** Links and buttons with actions also work without this client, by their default; it must not happen twice. */
function replacesDefault(event: Event, holder: Element): boolean {
  return event.type === "submit" || (event.type === "click" && holder.matches("a,button,[type=submit],[type=image]"));
}

/** Runs the actions that an element has for an event type, if it has any; `shown` is the control that shows it, if any does. */
export function runEvent(page: Page, holder: Element, type: string, shown: Element | null = holder): void {
  const actions = actionsOf(holder, type);
  if (actions.length === 0) return;
  const scope = scopeOf(holder);
  const job = async (): Promise<void> => {
    try {
      await page.perform(page, actions, scope);
    } catch (error) {
      report(FAILED, { error, actions });
    }
  };
  const calls = actions.filter((action) => action.event !== undefined);
  if (calls.length === 0) return void job();
  const again = ONCE.test(type) ? null : () => runEvent(page, holder, type, shown);
  const files = calls.flatMap((call) => uploadIds(call.arguments ?? [])).flatMap((id) => uploadState(page, id).files);
  void whileBusy(holder, type, shown, job, again, files);
}

/** A button whose value is an event's capability holds nothing else. */
function actionsOf(holder: Element, type: string): readonly Action[] {
  const text = holder.getAttribute(ATTRIBUTES.on + type);
  if (text === "") return [{ event: (holder as HTMLButtonElement).value }];
  return (parseMarkup(text ?? "[]") ?? []) as readonly Action[];
}
