/**
 * A server of uploads that can be resumed, on a line that breaks as the test says. It does what the routes `plan` and `partial`
 * do, with bytes in memory.
 */
import type { Answer, Body, Transport, Watch } from "../src/talk/transport.ts";
import { bytesOf, type Plan } from "./harness.ts";

/** What happens to a request. */
export type Fate =
  | "arrives"
  /** The connection breaks before anything gets through. */
  | "away"
  /** So many bytes of the body arrive, then the connection breaks; and perhaps the server has lost some of them by then. */
  | { readonly cut: number; readonly lost?: number }
  /** It is handled, but the answer is lost. */
  | "lost"
  /** It is handled, and the answer is lost, but the browser sends it again by itself, and that is answered. */
  | "twice"
  /** All bytes arrive, and the server dies before the event has run. */
  | "dies"
  /** A proxy answers that there is no server. */
  | "bad gateway"
  /** The server answers that it cannot reach its data. */
  | "no states"
  /** Nothing moves any more, and no end comes. */
  | "hangs";

interface Upload {
  readonly plan: Plan;
  readonly have: number[];
  readonly taken: Buffer[];
  bytes: Buffer;
  length: number;
  /** Whether the event has begun, or there is to be none. */
  isEnding: boolean;
  /** The answer of the event, or why it was refused. */
  outcome: { readonly status: number; readonly text: string } | null;
}

/** A file as the event got it. */
export interface Received {
  readonly name: string;
  readonly upload: string;
  readonly size: number;
  readonly bytes: Buffer;
}

export class FakeServer {
  /** Decides what happens to the next request. */
  fate: (method: string, size: number) => Fate = () => "arrives";
  /** The most that a proxy lets pass, and how many bytes of a body it passes on before it cuts the connection. */
  limit = Infinity;
  cutsAfter = Infinity;
  /** Whether the event reads files while they arrive. */
  streams = false;
  /** How large the parts are that the page sends to a store by itself; if there is none, everything comes here. */
  partSize = 0;
  /** The status that the store has for a part that it gets, in place of taking it. */
  refusesPart: (start: number) => number = () => 0;
  /** The most parts that were on their way at a time. */
  lanes = 0;
  #inLanes = 0;
  /** What is in the store: the parts of a file, by the URL of its upload and its number. */
  readonly stored = new Map<string, Map<number, Buffer>>();
  /** Whether the event runs until the test lets it end. */
  gate: Promise<void> = Promise.resolve();
  /** Refuses what arrives. */
  refuses: (bytes: Buffer) => string | null = () => null;
  readonly uploads = new Map<string, Upload>();
  readonly events: Received[][] = [];
  /** The requests, and how many bytes of bodies arrived. */
  readonly asked: string[] = [];
  readonly plans: Plan[] = [];
  arrived = 0;
  /** Grows as long as something goes on. */
  steps = 0;
  readonly #runs = new Set<number>();
  #count = 0;

  /** Stands in for the network of a page. */
  serve(net: Transport): void {
    net.send = (url, body, watch) => this.send(url, body, watch);
  }

  async send(url: string, body: Body, watch: Watch): Promise<Answer> {
    if (watch.method === "PUT") return this.#inLane(() => this.#send(url, body, watch));
    return this.#send(url, body, watch);
  }

  async #inLane(send: () => Promise<Answer>): Promise<Answer> {
    this.lanes = Math.max(this.lanes, (this.#inLanes += 1));
    return send().finally(() => (this.#inLanes -= 1));
  }

  async #send(url: string, body: Body, watch: Watch): Promise<Answer> {
    const { signal, method = "POST", headers = {}, onProgress } = watch;
    const bytes = bytesOf(body);
    const fate = this.fate(method, bytes.length);
    this.asked.push(`${method} ${headers["upload-complete"] ?? ""} ${bytes.length}`);
    const ended = new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    ended.catch(() => undefined);
    const tick = (): Promise<unknown> => {
      this.steps += 1;
      return Promise.race([ended, new Promise((resolve) => setImmediate(resolve))]);
    };
    await tick();
    if (fate === "away") throw new Error("offline");
    if (fate === "hangs") return ended;
    if (fate === "bad gateway") return answer(502, "<h1>Bad gateway</h1>");
    if (fate === "no states") return answer(503, JSON.stringify({ error: { code: "state.unavailable", message: "Not now.", reference: null } }));
    if (bytes.length > this.limit) return answer(413, "<h1>Too large</h1>");
    const cut = typeof fate === "object" ? Math.min(fate.cut, bytes.length) : bytes.length;
    const size = Math.min(cut, this.cutsAfter);
    // An aborted request leaves a part behind, too.
    for (const part of [0.4, 1]) {
      const sent = Math.floor(size * part);
      // Browsers tell nothing of a body without bytes.
      if (bytes.length > 0) onProgress?.(sent, bytes.length);
      await tick().catch((error: unknown) => {
        if (sent < bytes.length) this.#take(method, url, headers, bytes.subarray(0, sent), false);
        throw error;
      });
    }
    this.arrived += size;
    const isWhole = size === bytes.length && fate !== "dies" && !(typeof fate === "object" && fate.cut < bytes.length);
    const handle = (): Promise<Answer> => this.#handle(method, url, headers, bytes.subarray(0, size), isWhole);
    if (fate === "twice") await Promise.race([ended, handle()]);
    const answered = await Promise.race([ended, handle()]);
    if (typeof fate === "object" && fate.lost) this.#lose(url, fate.lost);
    if (!isWhole || fate === "lost") throw new Error("cut");
    return answered;
  }

  async #handle(method: string, url: string, headers: Readonly<Record<string, string>>, bytes: Buffer, isWhole: boolean): Promise<Answer> {
    if (method === "PUT") return this.#keep(url, headers, bytes, isWhole);
    if (method === "POST" && url.includes("/partial/")) return this.#missing(url, bytes);
    if (method === "POST" && isWhole) return headers["upload-complete"] === "?1" ? this.#receive(bytes) : this.#plan(bytes);
    if (method === "PATCH") return this.#take(method, url, headers, bytes, isWhole) ?? this.#end(url);
    const upload = this.uploads.get(url);
    if (method === "HEAD") return upload ? answer(204, "", told(upload, upload.isEnding)) : gone();
    if (method === "DELETE") this.uploads.delete(url);
    return answer(204, "");
  }

  /** Dies and starts again, before the last bytes have reached the disk. */
  #lose(url: string, count: number): void {
    const upload = this.uploads.get(url);
    if (upload) upload.bytes = upload.bytes.subarray(0, Math.max(0, upload.bytes.length - count));
  }

  /** Says what is missing of a file in the store: at most two parts at a time, so that it is asked often. */
  #missing(url: string, bytes: Buffer): Answer {
    const { file, behind, most } = JSON.parse(bytes.toString()) as { file: number; behind: number; most: number };
    const upload = this.uploads.get(url);
    if (!upload) return gone();
    const size = upload.plan.files[file]?.size ?? 0;
    const parts = this.stored.get(`${url} ${file}`) ?? new Map<number, Buffer>();
    const missing: object[] = [];
    let there = 0;
    let number = behind;
    for (; number * this.partSize < size; number += 1) {
      const start = number * this.partSize;
      const end = Math.min(size, start + this.partSize);
      const part = parts.get(start);
      if (part) there += part.length;
      else if (most > 0 && missing.length === 2) break;
      else if (most > 0) missing.push({ start, end, url: `https://store.test${url} ${file} ${start} ${end}`, headers: { "Content-Type": "application/octet-stream" } });
    }
    const more = number * this.partSize < size ? { behind: number } : {};
    return answer(200, JSON.stringify({ missing, there, ...more }));
  }

  #keep(url: string, headers: Readonly<Record<string, string>>, bytes: Buffer, isWhole: boolean): Answer {
    const [upload, file, start, end] = url.slice("https://store.test".length).split(" ");
    const refusal = this.refusesPart(Number(start));
    if (refusal) return answer(refusal, "<Error/>");
    const isSigned = headers["Content-Type"] === "application/octet-stream" && bytes.length === Number(end) - Number(start);
    if (!isSigned || !isWhole) return answer(403, "<Error/>");
    const key = `${upload} ${file}`;
    this.stored.set(key, (this.stored.get(key) ?? new Map<number, Buffer>()).set(Number(start), bytes));
    return answer(200, "");
  }

  #plan(bytes: Buffer): Answer {
    const plan = JSON.parse(bytes.toString()) as Plan;
    this.plans.push(plan);
    if (this.streams) return answer(200, JSON.stringify({ upload: null }));
    const url = `/_filekit/partial/${(this.#count += 1)}`;
    const sources = new Map([...this.uploads].map(([url, upload]) => [url.split("/").at(-1), filesOf(upload)]));
    const taken = plan.files.map(({ from, name, size }) => {
      const [id, nth] = from?.split("/") ?? [];
      const file = sources.get(id)?.[Number(nth)];
      return file?.name === name && file.size === size ? file.bytes : Buffer.alloc(0);
    });
    const direct = plan.files.flatMap(({ size }, nth) => (this.partSize > 0 && size > 0 ? [nth] : []));
    const have = taken.map(({ length }, nth) => (direct.includes(nth) ? (plan.files[nth]?.size ?? 0) : length));
    const length = plan.files.reduce((sum, { size }, nth) => sum + size - (have[nth] as number), 0);
    this.uploads.set(url, { plan, have, taken, bytes: Buffer.alloc(0), length, isEnding: false, outcome: null });
    const said = { upload: url, id: url.split("/").at(-1), ...(have.some(Boolean) && { have }), ...(direct.length > 0 && { direct }) };
    return answer(201, JSON.stringify(said), { "upload-offset": "0", "upload-complete": "?0", "upload-limit": "max-age=86400" });
  }

  /** Takes bytes in; returns an answer unless it is time for that of the event. */
  #take(method: string, url: string, headers: Readonly<Record<string, string>>, bytes: Buffer, isWhole: boolean): Answer | null {
    if (method !== "PATCH") return null;
    const upload = this.uploads.get(url);
    if (!upload) return gone();
    const isEnded = upload.isEnding;
    if (Number(headers["upload-offset"]) !== upload.bytes.length) return answer(409, '{"title":"mismatching-upload-offset"}', told(upload, isEnded));
    if (isEnded) return null;
    upload.bytes = Buffer.concat([upload.bytes, bytes]);
    if (upload.bytes.length > upload.length) throw new Error("longer than it was said to be");
    const refusal = this.refuses(upload.bytes);
    if (refusal) {
      upload.length = upload.bytes.length;
      upload.isEnding = true;
      upload.outcome = { status: 415, text: JSON.stringify({ error: { code: "upload.type-not-accepted", message: refusal, reference: null } }) };
      return null;
    }
    return isWhole && headers["upload-complete"] === "?1" && upload.bytes.length === upload.length ? null : answer(204, "", told(upload, false));
  }

  async #end(url: string): Promise<Answer> {
    const upload = this.uploads.get(url) as Upload;
    for (const [key, parts] of this.stored) {
      const [of, nth] = key.split(" ");
      if (of === url) upload.taken[Number(nth)] = Buffer.concat([...parts].sort(([one], [other]) => one - other).map(([, part]) => part));
    }
    const isWhole = upload.plan.files.every(({ size }, nth) => this.partSize === 0 || upload.taken[nth]?.length === size);
    if (!isWhole) return answer(400, JSON.stringify({ error: { code: "upload.truncated", message: "It broke off.", reference: null } }));
    upload.isEnding = true;
    upload.outcome ??= { status: 200, text: await this.#run(filesOf(upload)) };
    return answer(upload.outcome.status, upload.outcome.text, { "upload-complete": "?1" });
  }

  async #receive(bytes: Buffer): Promise<Answer> {
    const end = bytes.indexOf("\n");
    const plan = JSON.parse(bytes.subarray(0, end).toString()) as Plan;
    this.plans.push(plan);
    const { once } = plan.call;
    if (this.#runs.has(once)) return answer(409, JSON.stringify({ error: { code: "event.repeated", message: "It was done.", reference: null } }));
    this.#runs.add(once);
    const all: Upload = { plan, have: plan.files.map(() => 0), taken: [], bytes: bytes.subarray(end + 1), length: 0, isEnding: true, outcome: null };
    return answer(200, await this.#run(filesOf(all)));
  }

  async #run(files: Received[]): Promise<string> {
    await this.gate;
    this.events.push(files);
    return JSON.stringify({ view: null, actions: [] });
  }
}

/** The files of an upload, as far as they are there. */
function filesOf({ plan, have, taken, bytes }: Upload): Received[] {
  let at = 0;
  return plan.files.map(({ name, upload, size }, nth) => {
    const rest = size - (have[nth] ?? 0);
    const file = Buffer.concat([taken[nth] ?? Buffer.alloc(0), bytes.subarray(at, at + rest)]);
    at += rest;
    return { name, upload, size, bytes: file };
  });
}

function told({ bytes, length }: Upload, isComplete: boolean): Record<string, string> {
  return { "upload-offset": `${bytes.length}`, "upload-length": `${length}`, "upload-complete": isComplete ? "?1" : "?0" };
}

function gone(): Answer {
  return answer(404, JSON.stringify({ error: { code: "upload.gone", message: "It is not there.", reference: null } }));
}

function answer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, type: text.startsWith("{") ? "application/json" : "text/html", text, header: (name) => headers[name.toLowerCase()] ?? null };
}
