/**
 * Does what actions say, those of the page's attributes and those of replies. `bind/events.ts` starts the former.
 */
import { evaluate } from "../bind/expressions.ts";
import { type ACTIONS, BAD_PAGE } from "../names.ts";
import type { Action, BrowserAction, Page, Scope } from "../page/page.ts";
import { report } from "../page/report.ts";
import type { SelectedFile } from "../upload/files.ts";
import { cancelFile, cancelUpload } from "../upload/jobs.ts";
import { withResume } from "../upload/resume.ts";
import { clearFiles, clearForm } from "../upload/select.ts";
import { openDialog } from "../upload/zones.ts";
import { callServer, retryFile } from "./call.ts";
import { download, isSafe } from "./download.ts";

type Name = BrowserAction["action"];

/** Returns false, now or later, if what follows must not be done. */
type Performer<A> = (page: Page, action: A, scope: Scope | null) => void | Promise<boolean>;

type Performers = { readonly [N in Name]: Performer<Extract<BrowserAction, { action: N }>> };

/** One for each name of the shared list; the compiler counts. */
const PERFORMERS: Performers & Readonly<Record<keyof typeof ACTIONS, unknown>> = {
  clear_selected_files: (page, { id }) => clearFiles(page, id),
  clear_form: (page, { id }) => clearForm(page, document.getElementById(id) as HTMLFormElement),
  cancel_upload: (page, { id }) => cancelUpload(page, id),
  pause_upload: withUpload("pause"),
  resume_upload: withUpload("goOn"),
  discard_unfinished: withUpload("discard"),
  open_file_dialog: (_, { id }) => openDialog(document.getElementById(id)),
  remove_file: withFile(cancelFile),
  cancel_file: withFile(cancelFile),
  retry_file: withFile(async (page, file) => performAll(page, await retryFile(page, file), null)),
  download: (_, action) => download(action.data === undefined ? action.url : `data:${action.mime};base64,${action.data}`, action.filename),
  toast: (page, { kind, text }) => void page.toast(kind, text),
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

async function perform(page: Page, action: Action, scope: Scope | null): Promise<boolean | void> {
  if (action.event !== undefined) return performAll(page, await callServer(page, action, scope), null);
  if (Object.hasOwn(PERFORMERS, action.action)) return (PERFORMERS[action.action] as Performer<BrowserAction>)(page, action, scope);
  report(BAD_PAGE, { action });
}

function withUpload(what: Parameters<typeof withResume>[0]): Performer<{ readonly id: string }> {
  return (page, { id }) => void withResume(what)(page, id);
}

function withFile(act: (page: Page, file: SelectedFile) => void | Promise<boolean>): Performer<{ readonly file: unknown }> {
  return (page, action, scope) => {
    const file = evaluate(page, scope, action.file) as SelectedFile | null;
    return file?.content ? act(page, file) : undefined;
  };
}
