/**
 * The client's only way to the network and to other pages; it knows nothing of what is sent or answered.
 */

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  /** The content type, as the server wrote it. */
  readonly type: string;
  readonly text: string;
}

/** How a request is watched and stopped. */
export interface Watch {
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
  /** Sends JSON, if the body is text, or a form. Rejects if there was no answer or the signal was aborted. */
  post(url: string, body: string | FormData, watch: Watch): Promise<Answer>;
  /** Reads what the server says by itself, until the returned function is called. */
  follow(url: string, follower: Follower): () => void;
  assign(url: string): void;
  reload(): void;
}

/** The transport of a real browser. */
export function browserTransport(): Transport {
  return { post, follow, assign: (url) => location.assign(url), reload: () => location.reload() };
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

/** So much of an upload is sent again for its answer: more than a type is judged by, less than servers read of what they refuse. */
const BEGINNING = 1 << 20;
/** More than the boundary after the last file, whatever the browser took for one. */
const BOUNDARY = 200;

async function post(url: string, body: string | FormData, watch: Watch): Promise<Answer> {
  if (typeof body === "string") return send(url, body, "application/json", watch);
  return send(url, body, null, watch).catch(async (wasSent: boolean) => {
    const beginning = beginningOf(body);
    if (wasSent || !beginning || watch.signal?.aborted) throw wasSent;
    const response = new Response(beginning);
    const content = await response.blob();
    return send(url, content.slice(0, -BOUNDARY), response.headers.get("Content-Type"), { ...watch, onProgress: () => undefined });
  });
}

/**
 * The first files of a large form; with the last of them cut off the server keeps nothing. Firefox looks at an answer only
 * when it has sent everything: of a server that refuses a large upload half-way and hangs up, it sees just the latter. The
 * server refuses the beginning for the same reason, if it lies there.
 */
function beginningOf(form: FormData): FormData | null {
  const beginning = new FormData();
  let left = BEGINNING;
  for (const [name, value] of form) {
    if (typeof value === "string") beginning.append(name, value);
    else if (left > 0) {
      beginning.append(name, value.slice(0, left, value.type), value.name);
      left -= value.size;
    }
  }
  return left < 0 ? beginning : null;
}

/** `fetch` does not tell how far an upload is, so this is an XMLHttpRequest, for all requests. Rejects with whether all was sent. */
function send(url: string, body: string | FormData | Blob, type: string | null, watch: Watch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let wasSent = false;
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json, application/x-ndjson");
    if (type) request.setRequestHeader("Content-Type", type);
    request.upload.onprogress = ({ loaded, total }) => watch.onProgress?.(loaded, total);
    request.upload.onload = () => (wasSent = true);
    request.onprogress = () => watch.onText(request.responseText);
    request.onload = () => {
      const type = request.getResponseHeader("Content-Type") ?? "";
      resolve({ status: request.status, type, text: request.responseText });
    };
    request.onerror = request.onabort = () => reject(wasSent);
    watch.signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}
