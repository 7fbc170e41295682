/**
 * The functions that the modules before lend to this one, as in `transfer/core.ts`.
 */
import type { Lent } from "../transfer/lend.ts";

export let lent: Lent;

export function borrow(what: Lent): void {
  lent = what;
}
