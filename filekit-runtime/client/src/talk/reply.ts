/**
 * One request to the server, and what it answers as a type; it shows updates on the way. `act/call.ts` acts on the end.
 */
import { BAD_REPLY, NETWORK, TRUNCATED } from "../names.ts";
import { parseJson } from "../page/json.ts";
import type { Action, Page, View } from "../page/page.ts";
import { report } from "../page/report.ts";
import { text, type TextKey } from "../page/words.ts";
import type { SelectedFile } from "../upload/files.ts";
import { isPast, show } from "./shown.ts";
import type { Answer, Body, Watch } from "./transport.ts";

/** The outcome of a call. */
export type Reply = Done | Refused | typeof CANCELLED;

export interface Done {
  readonly kind: "done";
  readonly actions: readonly Action[];
}

export interface Refused {
  readonly kind: "refused";
  readonly code: string;
  /** Words for the visitor. */
  readonly message: string;
  /** The name of the file that is to blame, if one is. */
  readonly file: string | undefined;
  /** The files of the request that are to blame, by their numbers, if they were told before they were sent. */
  readonly each?: readonly FileRefusal[] | undefined;
  /** The message for each file that is to blame, if they differ. */
  readonly words?: ReadonlyMap<SelectedFile, string>;
}

interface FileRefusal {
  readonly nth: number;
  readonly message: string;
}

export const CANCELLED = { kind: "cancelled" } as const;

const LINES = "application/x-ndjson";

/** The fields of a line of an answer; the page beside an error takes back what was shown on the way. */
interface Line {
  readonly update?: View;
  readonly view?: View | null;
  readonly actions?: readonly Action[];
  /** Whether another document has taken this one's name. */
  readonly replaced?: boolean;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly reference: string | null;
    readonly file?: string;
    readonly refused?: readonly FileRefusal[];
  };
}

/** An answer with its last line, if that was one of the page's server. */
export interface Answered extends Answer {
  readonly line: Line | null;
}

/** Sends a request and reads its reply; no answer is a refusal too, in the client's own words. */
export async function request(page: Page, path: string, body: string): Promise<Reply> {
  return replyOf(await exchange(page, page.base + path, body));
}

/** Sends a request and shows what its answer brings on the way; null if there was none. */
export async function exchange(page: Page, url: string, body: Body, watch: Omit<Watch, "onText"> = {}): Promise<Answered | null> {
  const onText = lineReader(page);
  const answer = await page.network.send(url, body, { ...watch, onText }).catch(() => null);
  return answer && { ...answer, line: onText(`${answer.text}\n`) };
}

/** Returns what an answer means; the lack of one is a refusal too. */
export function replyOf(answer: Answered | null): Reply {
  return answer ? (replyIn(answer.line) ?? noReply(answer)) : broken();
}

/**
 * Returns what reads an answer while it grows:
 *
 *   for each line that came to its end since the last time
 *     show the page that it brings, if it does
 *     it is the reply, unless it is an update
 *   return the reply, once it was there
 */
function lineReader(page: Page): (text: string) => Line | null {
  let read = 0;
  let reply: Line | null = null;
  return (arrived) => {
    const lines = arrived.slice(read).split("\n").slice(0, -1);
    read = arrived.lastIndexOf("\n") + 1;
    for (const each of lines) {
      const line = readLine(page, each);
      if (!line?.update) reply = line ?? reply;
    }
    return reply;
  };
}

/**
 * Returns what a line says, and shows the page that it brings, if it does. `onPast` is called in place of that if the document shows a
 * later one.
 */
export function readLine(page: Page, text: string, onPast?: () => void): Line | undefined {
  const line = parseJson(text) as Line | undefined;
  const view = line?.update ?? line?.view;
  if (view && isPast(page, view)) onPast?.();
  else if (view) show(page, view);
  return line;
}

function replyIn(line: Line | null): Reply | null {
  const { actions, error } = line ?? {};
  if (error?.message) {
    // To a body that did not get through; nothing more is known than that.
    if (error.code === TRUNCATED) return broken();
    const { code, message, reference, file, refused: each } = error;
    const words = reference ? `${message}\n${text("client.reference", { reference })}` : message;
    return { ...refused(code, words, { reference }, file), each };
  }
  return actions ? { kind: "done", actions } : null;
}

/** The refusals of layers and proxies, known by a status alone. */
const WORDS: Readonly<Record<number, TextKey>> = {
  408: "client.timed-out",
  413: "client.too-large",
  502: "client.unanswered",
  503: "client.unanswered",
  504: "client.timed-out",
};

/** Lines without a last one are a broken connection; else a proxy or a login page answered instead of the page's server. */
function noReply({ status, type }: Answer): Refused {
  if (type.startsWith(LINES)) return broken();
  // Written as text, a status has no thousands.
  return refused(BAD_REPLY, text(WORDS[status] ?? BAD_REPLY, { status: `${status}` }), { status });
}

/** The refusal of a call that nothing came back for. */
export function broken(): Refused {
  return refused(NETWORK, text(NETWORK));
}

/** Makes the refusal of a call that failed; it is reported to developers as well. */
export function refused(code: string, message: string, detail: object = {}, file?: string): Refused {
  report(code, detail, message);
  return { kind: "refused", code, message, file };
}
