/**
 * The declarations of an upload's zone in the server's markup: its input, its rules and its options.
 */
import { ATTRIBUTES } from "../names.ts";
import { readJson } from "../page/json.ts";
import type { Rules } from "../transfer/rules.ts";

export const ZONE = `[${ATTRIBUTES.upload}]`;
export const INPUT = 'input[type="file"]';

/** The options of a zone that differ from the default. */
export interface Options {
  /** New files take the place of those before. */
  readonly replace?: boolean;
  readonly paste?: boolean;
  readonly no_click?: boolean;
  readonly no_drag?: boolean;
  readonly no_keyboard?: boolean;
  /** Classes that the zone has while something is dragged over it. */
  readonly drag_active?: string;
}

/** Returns the zone that a node is in. */
export function zoneOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(ZONE) : null;
}

/** Returns the zone of an upload id; its input has the id. */
export function zoneWith(id: string): HTMLElement | null {
  return zoneOf(document.getElementById(id));
}

export function idOf(zone: Element | null): string {
  return zone?.getAttribute(ATTRIBUTES.upload) ?? "";
}

/** Returns a zone's file input unless it is disabled. */
export function inputOf(zone: Element): HTMLInputElement | null {
  const input = zone.querySelector<HTMLInputElement>(INPUT);
  return input?.disabled ? null : input;
}

export function optionsOf(zone: Element): Options {
  return readJson(zone, ATTRIBUTES.options);
}

export function rulesOf(zone: Element | null): Rules {
  return readJson(zone, ATTRIBUTES.rules);
}
