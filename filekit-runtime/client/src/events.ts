/**
 * From a browser event to the actions of the nearest element that has some; one listener per event type, on the root.
 */
import { type Action, isServerEvent, performAll } from "./actions.ts";
import { whileBusy } from "./busy.ts";
import { ATTRIBUTES, CLIENT_CODES } from "./names.ts";
import type { Page } from "./page.ts";
import { report } from "./report.ts";
import { scopeOf } from "./templates.ts";

/** Types that do not bubble, and are only meant for the element that they happen to. */
const DIRECT = /^(focus|blur|load|error|toggle|scroll|invalid|mouseenter|mouseleave|pointerenter|pointerleave)$/;
/** Types of what happens to a zone, whose moment `zones.ts` knows. */
const OF_ZONES = /^drop/;
/** Types whose repetition is a slip and not a newer value. */
const ONCE = /^(click|dblclick|submit)$/;

/** Listens for a type that some element has actions for. */
export function listen(page: Page, type: string): void {
  if (page.listening.has(type) || OF_ZONES.test(type)) return;
  page.listening.add(type);
  const direct = DIRECT.test(type);
  page.root.addEventListener(type, (event) => handle(page, event, direct), { capture: direct });
}

function handle(page: Page, event: Event, direct: boolean): void {
  const attribute = ATTRIBUTES.on + event.type;
  const target = event.target instanceof Element ? event.target : null;
  const holder = direct ? target : (target?.closest(`[${attribute}]`) ?? null);
  if (!holder?.hasAttribute(attribute) || isForBrowser(event, holder)) return;
  if (replacesDefault(event, holder)) event.preventDefault();
  runEvent(page, holder, event.type);
}

/** Whether the visitor asked the browser to open a link elsewhere. */
function isForBrowser(event: Event, holder: Element): boolean {
  return event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey) && holder.matches("a[href]");
}

/** Links and buttons with actions also work without this client, by their default; it must not happen twice. */
function replacesDefault(event: Event, holder: Element): boolean {
  return event.type === "submit" || (event.type === "click" && holder.matches("a,button,[type=submit],[type=image]"));
}

/** Runs the actions that an element has for an event type, if it has any. */
export function runEvent(page: Page, holder: Element, type: string): void {
  const actions = actionsOf(holder, type);
  if (actions.length === 0) return;
  const scope = scopeOf(holder);
  const job = async (): Promise<void> => {
    try {
      await performAll(page, actions, scope);
    } catch (error) {
      report(CLIENT_CODES.failed, "an action could not be done", { error, actions });
    }
  };
  if (!actions.some(isServerEvent)) return void job();
  const again = ONCE.test(type) ? null : () => runEvent(page, holder, type);
  void whileBusy(holder, job, again);
}

function actionsOf(holder: Element, type: string): readonly Action[] {
  try {
    return JSON.parse(holder.getAttribute(ATTRIBUTES.on + type) ?? "[]") as readonly Action[];
  } catch {
    report(CLIENT_CODES.badPage, "actions are not JSON", { type });
    return [];
  }
}
