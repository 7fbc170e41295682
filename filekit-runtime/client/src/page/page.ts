/**
 * The state of one running page, passed first to every function that needs it, and the types of what it holds.
 *
 * What changes a state is in the room of each. Only types come from there, so a module that imports this one imports no other.
 */
import type { ACTIONS } from "../names.ts";
import type { Change } from "../patch/change.ts";
import type { Reply } from "../talk/reply.ts";
import type { Transport } from "../talk/transport.ts";
import type { Lent } from "../transfer/lend.ts";
import type { RejectedFile, SelectedFile, UnfinishedFile } from "../upload/files.ts";
import type { Transfer } from "../upload/load.ts";
import type { Resume } from "../upload/resume.ts";
import type { Announcer } from "./announce.ts";
import type { Toaster, ToastKind } from "./toast.ts";

export interface Page extends Work {
  readonly root: HTMLElement;
  /** The prefix of all of filekit's own paths. */
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
  /** What both lend to the module that goes on after breaks. */
  lent: Lent | null;
  /** That module, once it was asked for. */
  resume: Promise<Resume | null> | null;
  /** The parts that follow expressions at the moment. */
  readonly parts: Parts;
  /** Whether a pass over the parts is due in the next frame. */
  due: boolean;
}

/** The work on a page as a whole. `start` passes it in: the modules that do it import those that ask for it. */
interface Work {
  /** Does actions one after the other, until one fails; returns whether none did. Null is a failure before the first. */
  readonly perform: (page: Page, actions: readonly Action[] | null, scope: Scope | null) => Promise<boolean>;
  /** Shows what the server changed. */
  readonly showChange: (page: Page, change: Change) => void;
  /** Brings everything that follows an expression up to date. */
  readonly refresh: (page: Page) => void;
  /** Asks the server for the whole page, or for another of the same address (`anew`). Returns its reply, unless it was asked before. */
  readonly sync: (page: Page, anew?: boolean, stay?: boolean) => Promise<Reply | undefined>;
}

/** The state of one upload id; it outlives the elements that show it. */
export interface UploadState {
  readonly id: string;
  files: readonly SelectedFile[];
  rejected: readonly RejectedFile[];
  /** The files of uploads from before, which are sent on once they are chosen again. */
  unfinished: readonly UnfinishedFile[];
  dragging: boolean;
  isUploading: boolean;
  /** Whether the visitor has paused what is being sent. */
  isPaused: boolean;
  /** Whether what is being sent waits for the connection. */
  isWaiting: boolean;
  progress: Progress;
}

/** How far the upload of one id is. The names of the fields are shared with the server. */
export interface Progress {
  readonly percent: number;
  readonly loaded: number;
  readonly total: number;
  readonly rate_text: string;
  readonly eta_text: string;
}

export const NO_PROGRESS: Progress = { percent: 0, loaded: 0, total: 0, rate_text: "", eta_text: "" };

/** An upload from the click on: it waits, or it is being sent. */
export interface Job {
  readonly call: Call;
  readonly ids: readonly string[];
  /** The files to send; null until the job's turn comes, unless it sends failed files again. */
  parts: readonly JobPart[] | null;
  isCancelled: boolean;
  /** Ends what is done at the moment, for good or to begin anew with other files. */
  stop(): void;
  /** Ends the request that runs, if one does; the upload itself goes on. */
  halt(): void;
  /** Ends a wait, if there is one. */
  wake(): void;
}

/** One file of a job, under the id that it is sent for. */
export interface JobPart {
  readonly id: string;
  readonly file: SelectedFile;
}

/** The fields that tell the server which event is meant, and on which page. */
export interface Call {
  readonly page: string;
  readonly capability: string | undefined;
  readonly arguments: readonly unknown[];
}

/** The server's name for this document, and its version. */
export interface Shown {
  instance: string;
  version: number;
  /** Whether the server was asked for the whole page. */
  asking: boolean;
  /** Patches that came too early. */
  readonly early: View[];
}

/** The server's message about the page: a patch from one version to another, or the whole. */
export interface View {
  readonly instance: string;
  readonly from?: number;
  readonly version: number;
  readonly title?: string | null;
  readonly body?: string | null;
  readonly patch?: Change;
}

/** The parts of each element that has some. */
export type Parts = Map<Element, readonly Part[]>;

/** Something on the page that follows an expression. */
export interface Part {
  update(page: Page, scope: Scope | null): void;
  /** Called when parts were found anew; takes back what only makes sense while the part is on the page. */
  retire?(): void;
}

/** The item of an enclosing loop, and the scope around that loop. */
export interface Scope {
  readonly depth: number;
  readonly item: unknown;
  readonly outer: Scope | null;
}

/** An action: the server is called, or the browser does something by itself. */
export type Action = ServerEvent | BrowserAction;

export interface ServerEvent {
  readonly action?: undefined;
  /** The capability. */
  readonly event: string;
  /** Expressions. */
  readonly arguments?: readonly unknown[];
}

export type BrowserAction =
  | Does<"clear_selected_files" | "clear_form" | "cancel_upload" | "pause_upload" | "resume_upload" | "discard_unfinished" | "open_file_dialog", { readonly id: string }>
  /** The file is an expression. */
  | Does<"remove_file" | "cancel_file" | "retry_file", { readonly file: unknown }>
  /** A small download is in the reply itself, in Base64. */
  | Does<"download", { readonly filename: string | null } & ({ readonly url: string; readonly data?: undefined } | { readonly data: string; readonly mime: string })>
  | Does<"toast", { readonly kind: ToastKind; readonly text: string }>
  | Does<"redirect", { readonly url: string }>;

/** One type for each name, each with these fields. */
type Does<Name, Fields> = Name extends keyof typeof ACTIONS ? { readonly event?: undefined; readonly action: Name } & Fields : never;

/** Asks for a pass over what follows expressions in the next frame. */
export function changed(page: Page): void {
  if (page.due) return;
  page.due = true;
  requestAnimationFrame(() => page.due && page.refresh(page));
}

/** Returns what is known of an upload id, which is a string if the page is right. */
export function uploadState(page: Page, key: unknown): UploadState {
  const id = String(key);
  let state = page.uploads.get(id);
  if (!state) {
    const nothing = { dragging: false, isUploading: false, isPaused: false, isWaiting: false, progress: NO_PROGRESS };
    state = { id, files: [], rejected: [], unfinished: [], ...nothing };
    page.uploads.set(id, state);
  }
  return state;
}
