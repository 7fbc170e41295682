/**
 * Calls of server events: the request, its turn, and what its reply means for the page as a whole.
 */
import type { Action } from "./actions.ts";
import { evaluate, type Scope, uploadIds } from "./expressions.ts";
import type { SelectedFile } from "./files.ts";
import { type Job, newJob, retryJob } from "./jobs.ts";
import { PATHS, SERVER_CODES } from "./names.ts";
import type { Page } from "./page.ts";
import { type Done, readReply, type Refused, type Reply } from "./reply.ts";
import { forgetReload, mayReload } from "./stale.ts";
import { TEXT } from "./text.ts";
import { inTurn } from "./turn.ts";
import { sendJob } from "./upload.ts";
import { showBody } from "./view.ts";

/** Returns the actions of the server's reply, or null if the event failed or was cancelled. */
export function callServer(page: Page, action: Action, scope: Scope | null): Promise<readonly Action[] | null> {
  const exprs = action.arguments ?? [];
  const call = JSON.stringify({
    page: location.pathname + location.search,
    capability: action.event,
    arguments: exprs.map((expr) => evaluate(page, scope, expr)),
  });
  const ids = uploadIds(exprs);
  if (ids.length > 0) return runJob(page, newJob(page, call, ids));
  return inTurn(page, ["event"], async () => settle(page, await readReply(page.transport.postJson(page.base + PATHS.event, call))));
}

/** Sends one failed file again, for the event that it was meant for. */
export async function retryFile(page: Page, file: SelectedFile): Promise<readonly Action[] | null> {
  const job = retryJob(page, file);
  return job ? runJob(page, job) : [];
}

/** Uploads wait for those of the same id only: a short event need not wait for a long upload. */
function runJob(page: Page, job: Job): Promise<readonly Action[] | null> {
  return inTurn(page, job.ids.map((id) => `upload ${id}`), async () => settle(page, await sendJob(page, job)));
}

function settle(page: Page, reply: Reply): readonly Action[] | null {
  if (reply.kind === "done") return show(page, reply);
  if (reply.kind === "refused") refuse(page, reply);
  return null;
}

function show(page: Page, reply: Done): readonly Action[] {
  forgetReload();
  if (reply.title !== null) page.document.title = reply.title;
  if (reply.body !== null) showBody(page, reply.body);
  return reply.actions;
}

function refuse(page: Page, reply: Refused): void {
  if (reply.code !== SERVER_CODES.outOfDate) page.toasts.show("error", reply.message);
  else if (mayReload()) page.transport.reload();
  else page.toasts.show("error", TEXT.outOfDate);
}
