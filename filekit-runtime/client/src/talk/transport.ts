/**
 * The client's only way to the network and to other pages. Requests and replies are `reply.ts`.
 */
import type { Transfer } from "../upload/load.ts";

/** An answer, whatever its status. */
export interface Answer {
  readonly status: number;
  /** The content type, as the server wrote it. */
  readonly type: string;
  readonly text: string;
}

/** The body of a request. */
export type Body = string | FormData | Blob;

/** How a request is described, watched and stopped. */
export interface Watch {
  /** The type of a body that does not have one of its own. */
  readonly type?: string | undefined;
  readonly signal?: AbortSignal;
  /** Bytes of the request body that were sent so far, and all of them. */
  readonly onProgress?: (sent: number, total: number) => void;
  /** The answer's text as far as it has arrived; its last characters may still be wrong, if one was cut in two. */
  readonly onText: (text: string) => void;
}

/** How what the server says by itself is watched. */
export interface Follower {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** Called once, however the connection ended, unless it was closed here; with whether the server has refused it. */
  readonly onEnd: (isRefused: boolean) => void;
}

/** Everything the client does outside its page; tests pass one of their own. */
export interface Transport {
  /** Sends JSON, if the body is text, a form, or bytes of the type that `watch` says. Rejects if there was no answer or the signal was aborted. */
  post(url: string, body: Body, watch: Watch): Promise<Answer>;
  /** Reads what the server says by itself, until the returned function is called. */
  follow(url: string, follower: Follower): () => void;
  assign(url: string): void;
  reload(): void;
  /** Loads the module that takes and sends files. Rejects if it cannot be loaded; then it may be asked for again. */
  transfer(): Promise<Transfer>;
}

/** Where the second bundle lies, by its version, beside this one; set while this one is made. */
declare const TRANSFER_URL: string;

/** The transport of a real browser. */
export function browserTransport(): Transport {
  let tries = 0;
  const transfer = (): Promise<Transfer> => {
    // A module that could not be loaded is not asked for again under the same address; the fragment makes it another one.
    const url = `${TRANSFER_URL}#${(tries += 1)}`;
    return import(url) as Promise<Transfer>;
  };
  return { post, follow, assign: (url) => location.assign(url), reload: () => location.reload(), transfer };
}

function follow(url: string, { onOpen, onText, onEnd }: Follower): () => void {
  const source = new EventSource(url);
  source.onopen = onOpen;
  source.onmessage = ({ data }) => onText(data);
  // By itself it would ask with the same address again, in which there is an old version.
  source.onerror = () => {
    // After a status or a type that is not right a browser would give up, and after anything else try again.
    const { readyState } = source;
    source.close();
    onEnd(readyState > 1);
  };
  return () => source.close();
}

/** `fetch` does not tell how far an upload is, so this is an XMLHttpRequest, for all requests. */
function post(url: string, body: Body, watch: Watch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const type = typeof body === "string" ? "application/json" : watch.type;
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json, application/x-ndjson");
    if (type) request.setRequestHeader("Content-Type", type);
    request.upload.onprogress = ({ loaded, total }) => watch.onProgress?.(loaded, total);
    request.onprogress = () => watch.onText(request.responseText);
    request.onload = () => {
      const type = request.getResponseHeader("Content-Type") ?? "";
      resolve({ status: request.status, type, text: request.responseText });
    };
    request.onerror = request.onabort = reject;
    watch.signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}
