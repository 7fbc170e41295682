/**
 * The server's answer as a type; it does not act on it.
 */
import type { Action } from "./actions.ts";
import { CLIENT_CODES } from "./names.ts";
import { report } from "./report.ts";
import { TEXT } from "./text.ts";
import type { Answer } from "./transport.ts";

/** What a call came to. */
export type Reply = Done | Refused | typeof CANCELLED;

export interface Done {
  readonly kind: "done";
  readonly title: string | null;
  /** The page's new markup, or null if nothing changed. */
  readonly body: string | null;
  readonly actions: readonly Action[];
}

export interface Refused {
  readonly kind: "refused";
  readonly code: string;
  /** Words for the visitor. */
  readonly message: string;
}

export const CANCELLED = { kind: "cancelled" } as const;

/** Waits for an answer and reads it; no answer is a refusal too, in the client's own words, unless it was cancelled. */
export async function readReply(answer: Promise<Answer>, signal?: AbortSignal): Promise<Reply> {
  try {
    const { status, text } = await answer;
    return parse(text) ?? badReply(status);
  } catch (error) {
    if (signal?.aborted) return CANCELLED;
    report(CLIENT_CODES.network, "no answer from the server", { error });
    return { kind: "refused", code: CLIENT_CODES.network, message: TEXT.network };
  }
}

function parse(text: string): Done | Refused | null {
  const reply = parseObject(text);
  if (reply === null) return null;
  const error = reply["error"];
  if (isObject(error)) return refused(error);
  const { title, body, actions } = reply;
  if (body !== null && typeof body !== "string") return null;
  return {
    kind: "done",
    title: typeof title === "string" ? title : null,
    body,
    actions: Array.isArray(actions) ? (actions as Action[]) : [],
  };
}

function refused({ code, message, reference }: Readonly<Record<string, unknown>>): Refused {
  const words = String(message ?? "");
  const text = typeof reference === "string" ? `${words}\n${TEXT.reference(reference)}` : words;
  report(String(code), words, { reference });
  return { kind: "refused", code: String(code), message: text };
}

/** A proxy or a login page answered instead of the page's server. */
function badReply(status: number): Refused {
  report(CLIENT_CODES.badReply, "the answer is no reply", { status });
  return { kind: "refused", code: CLIENT_CODES.badReply, message: status === 413 ? TEXT.tooLarge : TEXT.badReply(status) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
