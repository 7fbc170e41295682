/**
 * Loads the module that takes and sends files, and declares the interface between it and this one. The module is `transfer/`.
 *
 * A page without uploads never asks for it. It is loaded beside the first upload zone and not with the first click, so that
 * files can be chosen and sent later although the server was replaced or out of reach in between.
 */
import { runEvent } from "../bind/events.ts";
import { INCOMPLETE } from "../names.ts";
import { sizeText } from "../page/format.ts";
import { changed, type Job, type Page, uploadState } from "../page/page.ts";
import { report } from "../page/report.ts";
import { text, textIn } from "../page/words.ts";
import { broken, exchange, refused, type Reply, replyOf } from "../talk/reply.ts";
import type { Lent } from "../transfer/lend.ts";
import type { Rules } from "../transfer/rules.ts";
import { rulesOf, zoneWith } from "./declared.ts";
import { type Picked, type SelectedFile, selectedFile, setStatus } from "./files.ts";
import { ask } from "./request.ts";
import { awaitResume, hold, isOffline, loadResume, NOTED_MS, rest, tell, tellWaiting } from "./resume.ts";
import { countText, removeFiles } from "./select.ts";

/** How many files were added to a selection, and how many were not. */
export interface Outcome {
  readonly added: number;
  readonly refused: number;
}

/** The interface of the second module. */
export interface Transfer {
  /** Lends it what has a state that only one copy may have, before anything else. */
  borrow(core: Core): void;
  /** What it lends to the third. */
  readonly OWN: Omit<Lent, keyof Core>;
  /** Returns the files of what was dropped, those in folders as well. */
  readEntries(entries: (FileSystemEntry | null)[]): Promise<Picked[]>;
  /** Adds files to a selection. */
  addFiles(page: Page, id: string, picked: readonly Picked[], rules: Rules, replace: boolean): Promise<Outcome>;
  /** Sends a job whose turn has come. */
  sendJob(page: Page, job: Job): Promise<Reply>;
  /** Returns a job that sends a failed file again; null if the file did not fail. */
  retryJob(page: Page, file: SelectedFile): Job | null;
}

const CORE = {
  ask, awaitResume, broken, changed, countText, exchange, hold, isOffline, loadResume, NOTED_MS, refused, removeFiles, replyOf, report, rest,
  rulesOf, runEvent, selectedFile, setStatus, sizeText, tell, tellWaiting, textIn, uploadState, zoneWith,
};

/** The functions that this module lends. */
export type Core = typeof CORE;

/** Returns the second module, or null if it cannot be loaded at present; the next call tries again. */
export function loadTransfer(page: Page): Promise<Transfer | null> {
  return (page.transfer ??= page.network.transfer().then(
    (transfer) => {
      transfer.borrow(CORE);
      page.lent = { ...CORE, ...transfer.OWN };
      return transfer;
    },
    () => (page.transfer = null),
  ));
}

/** Does something with the second module; without it a toast says so, and the result is null. */
export async function withTransfer<T>(page: Page, act: (transfer: Transfer) => T | Promise<T>): Promise<T | null> {
  const transfer = await loadTransfer(page);
  if (transfer) return act(transfer);
  page.toast("error", refused(INCOMPLETE, text(INCOMPLETE)).message);
  return null;
}
