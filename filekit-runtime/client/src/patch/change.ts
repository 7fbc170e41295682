/**
 * The types of a change of the page, as the server writes it (`patch/change.rs`). `apply.ts` carries it out.
 */

/** The changes of a block: its whole content, if there is any markup, and then single things in it. */
export type Change = readonly [html: string | null, ops: readonly Op[]];

export type Op =
  | readonly ["attributes" | "element", path: readonly number[], html: string]
  | readonly ["range", number: number, Change]
  | readonly ["rows", number: number, olds: number, readonly Row[]];

/** Old rows from a place on, as they are; a new one; or an old one, changed. */
export type Row = readonly [start: number, count: number] | string | readonly [place: number, Change];
