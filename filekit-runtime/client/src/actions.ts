/**
 * Does what actions say, those of the page's attributes and those of replies; it does not know when they are due.
 */
import { download, isSafe } from "./download.ts";
import { evaluate, type Scope } from "./expressions.ts";
import type { SelectedFile } from "./files.ts";
import { cancelFile, cancelUpload } from "./jobs.ts";
import { type ACTIONS, BAD_PAGE } from "./names.ts";
import type { Page } from "./page.ts";
import { report } from "./report.ts";
import { callServer, retryFile } from "./server.ts";
import { clearFiles, clearForm } from "./select.ts";
import type { ToastKind } from "./toast.ts";
import { openDialog } from "./zones.ts";

/** One action; which of the fields it has depends on what it does. */
export interface Action {
  /** The capability of a server event, with its arguments. */
  readonly event?: string;
  readonly arguments?: readonly unknown[];
  /** What else to do, with its arguments. */
  readonly action: keyof typeof ACTIONS;
  readonly id: string;
  readonly file: unknown;
  readonly url: string;
  readonly filename: string | null;
  readonly data?: string;
  readonly mime: string;
  readonly kind: ToastKind;
  readonly text: string;
}

/** Returns false, now or later, if what follows must not be done. */
type Performer = (page: Page, action: Action, scope: Scope | null) => void | Promise<boolean>;

/** One for each name of the shared list; the compiler counts. */
const PERFORMERS: Readonly<Record<keyof typeof ACTIONS, Performer>> = {
  event: async (page, action, scope) => performAll(page, await callServer(page, action, scope), null),
  clear_selected_files: (page, { id }) => clearFiles(page, id),
  clear_form: (page, { id }) => clearForm(page, document.getElementById(id) as HTMLFormElement),
  cancel_upload: (page, { id }) => cancelUpload(page, id),
  open_file_dialog: (_, { id }) => openDialog(document.getElementById(id)),
  remove_file: withFile(cancelFile),
  cancel_file: withFile(cancelFile),
  retry_file: withFile(async (page, file) => performAll(page, await retryFile(page, file), null)),
  // What comes with a reply is small.
  download: (_, { data, url, mime, filename }) => download(data === undefined ? url : `data:${mime};base64,${data}`, filename),
  toast: (page, { kind, text }) => page.toast(kind, text),
  redirect: (page, { url }) => {
    if (isSafe(url)) page.network.assign(url);
  },
};

/** Does actions one after the other, until one fails; returns whether none did. Null is a failure before the first. */
export async function performAll(page: Page, actions: readonly Action[] | null, scope: Scope | null): Promise<boolean> {
  for (const action of actions ?? []) {
    if ((await perform(page, action, scope)) === false) return false;
  }
  return actions !== null;
}

function perform(page: Page, action: Action, scope: Scope | null): void | Promise<boolean> {
  const name = isServerEvent(action) ? "event" : action.action;
  if (Object.hasOwn(PERFORMERS, name)) return PERFORMERS[name](page, action, scope);
  report(BAD_PAGE, { action });
}

export function isServerEvent(action: Action): boolean {
  return action.event !== undefined;
}

function withFile(act: (page: Page, file: SelectedFile) => void | Promise<boolean>): Performer {
  return (page, action, scope) => {
    const file = evaluate(page, scope, action.file) as SelectedFile | null;
    return file?.content ? act(page, file) : undefined;
  };
}
