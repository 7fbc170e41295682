/**
 * Asks the server for the whole page, when what is shown went astray; no event is sent again.
 */
import { PATHS } from "../names.ts";
import type { Page } from "../page/page.ts";
import { type Reply, request } from "./reply.ts";
import { addressOf, stamped } from "./shown.ts";
import { reloads } from "./stale.ts";

/**
 * Asks for the page, or for another of the same address (`anew`); one question at a time. A page that has no view at present is left for
 * what it has, unless the document is to `stay`. A refusal is in the console; the visitor has seen the reason before. Returns the reply,
 * unless the question is on its way already.
 */
export async function sync(page: Page, anew?: boolean, stay?: boolean): Promise<Reply | undefined> {
  const { shown } = page;
  if (shown.asking) return undefined;
  shown.asking = true;
  const reply = await request(page, PATHS.view, JSON.stringify(stamped(page, { page: addressOf(), anew, stay })));
  shown.asking = false;
  if (reply.kind === "done") await page.perform(page, reply.actions, null);
  else if (reply.kind === "refused") reloads(page, reply.code);
  return reply;
}
