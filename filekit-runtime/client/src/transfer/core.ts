/**
 * The functions that the first module lends to this one: there must be one selection, one language and one page. All else
 * that modules in this folder import from outside of it has no state, and is in each bundle.
 */
import type { Core } from "../upload/load.ts";

export let core: Core;

export function borrow(lent: Core): void {
  core = lent;
}
