/**
 * Calls of server events: the request, its turn, and what its reply means for the page as a whole.
 */
import { evaluate, uploadIds } from "../bind/expressions.ts";
import { BAD_REPLY, NETWORK, PATHS } from "../names.ts";
import type { Action, Job, Page, Scope, ServerEvent } from "../page/page.ts";
import { inTurn } from "../page/turn.ts";
import { type Refused, type Reply, request } from "../talk/reply.ts";
import { addressOf, stamped } from "../talk/shown.ts";
import { forgetReload, reloads } from "../talk/stale.ts";
import type { SelectedFile } from "../upload/files.ts";
import { newJob } from "../upload/jobs.ts";
import { withTransfer } from "../upload/load.ts";

/** Returns the actions of the server's reply, or null if the event failed or was cancelled. */
export function callServer(page: Page, action: ServerEvent, scope: Scope | null): Promise<readonly Action[] | null> {
  const exprs = action.arguments ?? [];
  const call = {
    page: addressOf(),
    capability: action.event,
    arguments: exprs.map((expr) => evaluate(page, scope, expr)),
  };
  const ids = uploadIds(exprs);
  if (ids.length > 0) return runJob(page, newJob(page, call, ids));
  return inTurn(page, ["event"], async () => settle(page, await request(page, PATHS.event, JSON.stringify(stamped(page, call)))));
}

/** Sends one failed file again, for the event that it was meant for. */
export async function retryFile(page: Page, file: SelectedFile): Promise<readonly Action[] | null> {
  const job = await withTransfer(page, ({ retryJob }) => retryJob(page, file));
  return job ? runJob(page, job) : [];
}

/** Uploads wait for those of the same id only: a short event need not wait for a long upload. */
function runJob(page: Page, job: Job): Promise<readonly Action[] | null> {
  return inTurn(page, job.ids.map((id) => `upload ${id}`), async () => {
    const reply = await withTransfer(page, ({ sendJob }) => sendJob(page, job));
    page.jobs.delete(job);
    return reply && settle(page, reply);
  });
}

/** Returns the reply's actions, or null if there is nothing to be done. */
function settle(page: Page, reply: Reply): readonly Action[] | null {
  if (reply.kind === "cancelled") return null;
  if (reply.kind === "refused") return refuse(page, reply);
  forgetReload();
  return reply.actions;
}

function refuse(page: Page, { code, message }: Refused): null {
  if (!reloads(page, code)) page.toast("error", message);
  // Whether the event happened is not known; it is not sent again.
  if (code === NETWORK || code === BAD_REPLY) page.sync(page);
  return null;
}
