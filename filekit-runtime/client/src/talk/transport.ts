/**
 * The client's only way to the network and to other pages. Requests and replies are `reply.ts`.
 */
import type { Transfer } from "../upload/load.ts";
import type { Resume } from "../upload/resume.ts";

/** An answer, whatever its status. */
export interface Answer {
  readonly status: number;
  /** The content type, as the server wrote it. */
  readonly type: string;
  readonly text: string;
  /** Returns the value of a header, or null if there is none. */
  header(name: string): string | null;
}

/** The body of a request. */
export type Body = string | Blob | null;

/** How a request is described, watched and stopped. */
export interface Watch {
  /** `POST` if it is left out. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
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
  /** Sends text, as JSON unless the headers say another type, or bytes. Rejects if there was no answer or the signal was aborted. */
  send(url: string, body: Body, watch: Watch): Promise<Answer>;
  /** Reads what the server says by itself, until the returned function is called. */
  follow(url: string, follower: Follower): () => void;
  assign(url: string): void;
  reload(): void;
  /** Loads the module that takes and sends files. Rejects if it cannot be loaded; then it may be asked for again. */
  transfer(): Promise<Transfer>;
  /** Loads the module for what is large or broken, in the same way. */
  resume(): Promise<Resume>;
}

/** Where the other bundles lie, by their versions, beside this one; set while this one is made. */
declare const TRANSFER_URL: string;
declare const RESUME_URL: string;

/** The transport of a real browser. */
export function browserTransport(): Transport {
  let tries = 0;
  // A module that could not be loaded is not asked for again under the same address; the fragment makes it another one.
  const load = (url: string): Promise<unknown> => import(`${url}#${(tries += 1)}`);
  const transfer = (): Promise<Transfer> => load(TRANSFER_URL) as Promise<Transfer>;
  const resume = (): Promise<Resume> => load(RESUME_URL) as Promise<Resume>;
  return { send, follow, assign: (url) => location.assign(url), reload: () => location.reload(), transfer, resume };
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
function send(url: string, body: Body, watch: Watch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const headers = { Accept: "application/json, application/x-ndjson", "Content-Type": "application/json", ...watch.headers };
    request.open(watch.method ?? "POST", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => watch.onProgress?.(loaded, total);
    request.onprogress = () => watch.onText(request.responseText);
    request.onload = () => {
      const header = (name: string): string | null => request.getResponseHeader(name);
      resolve({ status: request.status, type: header("Content-Type") ?? "", text: request.responseText, header });
    };
    request.onerror = request.onabort = reject;
    watch.signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}
