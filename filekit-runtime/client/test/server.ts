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
    const have = taken.map(({ length }) => length);
    const length = plan.files.reduce((sum, { size }, nth) => sum + size - (have[nth] as number), 0);
    this.uploads.set(url, { plan, have, taken, bytes: Buffer.alloc(0), length, isEnding: false, outcome: null });
    const said = { upload: url, id: url.split("/").at(-1), ...(have.some(Boolean) && { have }) };
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
