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

/** Everything the client does outside its page; tests pass one of their own. */
export interface Transport {
  /** Sends JSON, if the body is text, or a form. Rejects if there was no answer or the signal was aborted. */
  post(url: string, body: string | FormData, watch: Watch): Promise<Answer>;
  assign(url: string): void;
  reload(): void;
}

/** The transport of a real browser. */
export function browserTransport(): Transport {
  return { post, assign: (url) => location.assign(url), reload: () => location.reload() };
}

/** `fetch` does not tell how far an upload is, so this is an XMLHttpRequest, for all requests. */
function post(url: string, body: string | FormData, watch: Watch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json, application/x-ndjson");
    if (typeof body === "string") request.setRequestHeader("Content-Type", "application/json");
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
