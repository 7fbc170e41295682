/**
 * The state of one running page, passed first to every function that needs it; it has no behaviour of its own.
 */
import type { Announcer } from "./announce.ts";
import type { RejectedFile, SelectedFile } from "./files.ts";
import type { Job } from "./jobs.ts";
import type { Shown } from "./shown.ts";
import type { Parts } from "./templates.ts";
import type { Toaster } from "./toast.ts";
import type { Transfer } from "./transfer.ts";
import type { Transport } from "./transport.ts";

/** How far the upload of one id is. The names of the fields are shared with the server. */
export interface Progress {
  readonly percent: number;
  readonly loaded: number;
  readonly total: number;
  readonly rate_text: string;
  readonly eta_text: string;
}

export const NO_PROGRESS: Progress = { percent: 0, loaded: 0, total: 0, rate_text: "", eta_text: "" };

/** What the page knows of one upload id; it outlives the elements that show it. */
export interface UploadState {
  readonly id: string;
  files: readonly SelectedFile[];
  rejected: readonly RejectedFile[];
  dragging: boolean;
  isUploading: boolean;
  progress: Progress;
}

export interface Page {
  readonly root: HTMLElement;
  /** What all of filekit's own paths begin with. */
  readonly base: string;
  readonly network: Transport;
  readonly announce: Announcer;
  readonly toast: Toaster;
  readonly uploads: Map<string, UploadState>;
  readonly jobs: Set<Job>;
  /** The last thing that waits for each turn. */
  readonly turns: Map<string, Promise<unknown>>;
  /** Event types that the root listens for. */
  readonly listening: Set<string>;
  readonly shown: Shown;
  /** The module that takes and sends files, once it was asked for. */
  transfer: Promise<Transfer | null> | null;
  /** Asks the server for the whole page. */
  readonly sync: (page: Page, anew?: boolean) => void | Promise<void>;
  /** What follows expressions at the moment. */
  readonly parts: Parts;
  /** Whether a pass over the parts is due in the next frame. */
  due: boolean;
}

/** Returns what is known of an upload id, which is a string if the page is right. */
export function uploadState(page: Page, key: unknown): UploadState {
  const id = String(key);
  let state = page.uploads.get(id);
  if (!state) {
    state = { id, files: [], rejected: [], dragging: false, isUploading: false, progress: NO_PROGRESS };
    page.uploads.set(id, state);
  }
  return state;
}
