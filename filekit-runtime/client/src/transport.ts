/**
 * The client's only way to the network and to other pages; it knows nothing of what is sent or answered.
 */

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** How an upload is watched and stopped. */
export interface Watch {
  readonly signal: AbortSignal;
  /** Bytes of the request body that were sent so far, and all of them. */
  readonly onProgress: (sent: number, total: number) => void;
}

/** Everything the client does outside its page; tests pass one of their own. */
export interface Transport {
  /** Rejects if there was no answer. */
  postJson(url: string, body: string): Promise<Answer>;
  /** Rejects if there was no answer or the signal was aborted. */
  postForm(url: string, form: FormData, watch: Watch): Promise<Answer>;
  assign(url: string): void;
  reload(): void;
}

/** The transport of a real browser. */
export function browserTransport(): Transport {
  return { postJson, postForm, assign: (url) => location.assign(url), reload: () => location.reload() };
}

async function postJson(url: string, body: string): Promise<Answer> {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, text: await response.text() };
}

/** `fetch` does not tell how far an upload is, so this is an XMLHttpRequest. */
function postForm(url: string, form: FormData, watch: Watch): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (): void => reject(new Error("no answer"));
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => watch.onProgress(event.loaded, event.total);
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = fail;
    request.onabort = fail;
    watch.signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
