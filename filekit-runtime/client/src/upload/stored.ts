/**
 * What browsers remember of uploads that have not come to their end. It is read and written by `resume/memory.ts`.
 */

/** An upload that the server has a part of. Its names are read by later versions, too. */
export interface StoredUpload {
  readonly url: string;
  /** When the server forgets it. */
  readonly until: number;
  readonly files: readonly StoredFile[];
}

export interface StoredFile {
  /** The id of the upload on the page. */
  readonly upload: string;
  /** Its number in the plan. */
  readonly nth: number;
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  /** How many of its bytes were there before, and where the others stand in what is sent. */
  readonly have: number;
  readonly at: number;
  /** Whether it goes to the store by itself. */
  readonly direct?: boolean;
}

/** The place of the uploads of a page in the store, which is that of a whole site. */
export function storeKey(): string {
  return `filekit.unfinished ${location.pathname}`;
}

/** Where the server has bytes of a file. */
export interface Origin {
  readonly url: string;
  readonly nth: number;
}
