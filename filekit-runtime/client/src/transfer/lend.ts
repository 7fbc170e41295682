/**
 * What this module lends to the third, beside what the first one does.
 */
import type { Core } from "../upload/load.ts";
import type { Origin } from "../upload/stored.ts";
import { allAtOnce, planOf } from "./plan.ts";
import { newMeter } from "./progress.ts";
import { sentSome } from "./track.ts";

/** Where the server has bytes of a file: of selected files, and of those of which only the name is left. */
export const origins = new WeakMap<object, Origin>();

export const OWN = { allAtOnce, newMeter, origins, planOf, sentSome };

export type Lent = Core & typeof OWN;
