/**
 * A page in a DOM without a browser, a network that the test plays itself, and frames that come when it says so.
 */
import { JSDOM } from "jsdom";
import { apply } from "../src/patch/apply.ts";
import type { Page } from "../src/page/page.ts";
import * as resume from "../src/resume/resume.ts";
import { start } from "../src/start.ts";
import { loadTransfer } from "../src/upload/load.ts";
import * as transfer from "../src/transfer/transfer.ts";
import type { Answer, Body, Follower, Transport, Watch } from "../src/talk/transport.ts";
import { showChange } from "../src/act/view.ts";

const GLOBALS = [
  "window", "document", "location", "history", "navigator", "sessionStorage", "localStorage", "Node", "Element", "HTMLElement", "HTMLInputElement", "HTMLTextAreaElement",
  "HTMLSelectElement", "HTMLOptionElement", "HTMLButtonElement", "HTMLLabelElement", "HTMLTemplateElement", "HTMLProgressElement", "HTMLImageElement", "HTMLFormElement",
  "Comment", "CustomEvent", "Event", "MouseEvent", "KeyboardEvent", "File", "Blob", "FormData", "MutationObserver",
] as const;

/** What the client says of an upload before its bytes. */
export interface Plan {
  readonly call: { readonly once: number };
  readonly files: readonly { readonly upload: string; readonly name: string; readonly size: number; readonly type?: string; readonly modified: number; readonly from?: string }[];
}

/** One request that the client made; the test answers it. */
export interface Sent {
  readonly url: string;
  /** Without what it says of the document, unless the test gave that a name. */
  readonly call: { page: string; capability: string; arguments: unknown[]; instance?: string | undefined };
  /** The number that no other call has; none if this is no call. */
  readonly once: number | undefined;
  /** The files that it brings or announces, in order: the upload's id and the path. */
  readonly files: string[];
  readonly body: Body;
  readonly watch: Watch;
  /** Answers with a reply; what is left out is null or empty. */
  answer(reply: { title?: string | null; body?: string | null; [more: string]: unknown }, status?: number): Promise<void>;
  answerText(text: string, status: number, type?: string): Promise<void>;
  /** Lets more of an answer in lines arrive. */
  arrive(more: string): Promise<void>;
  /** Ends an answer in lines. */
  end(): Promise<void>;
  fail(): Promise<void>;
}

/** One connection by which the client follows the server; the test is the server. */
export interface Followed extends Follower {
  readonly url: string;
  isOpen: boolean;
}

/** What the server calls a document to which the test gives no name. */
const NAME = "whole";

let version = 0;

/** A whole view, newer than all before; null if there is none. */
export function whole(body: string | null = null, title: string | null = null): object | null {
  return body === null && title === null ? null : { instance: NAME, version: (version += 1), title, body };
}

export class FakeTransport implements Transport {
  /** Whether the second module can be loaded, and how often it was asked for. */
  hasTransfer: boolean;
  asked = 0;
  /** The same of the third. */
  hasResume = true;
  askedResume = 0;
  readonly sent: Sent[] = [];
  readonly followed: Followed[] = [];
  readonly assigned: string[] = [];
  reloads = 0;

  constructor(hasTransfer: boolean) {
    this.hasTransfer = hasTransfer;
  }

  transfer(): Promise<typeof transfer> {
    this.asked += 1;
    return this.hasTransfer ? Promise.resolve(transfer) : Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
  }

  resume(): Promise<typeof resume> {
    this.askedResume += 1;
    return this.hasResume ? Promise.resolve(resume) : Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
  }

  send(url: string, body: Body, watch: Watch): Promise<Answer> {
    const text = bytesOf(body).toString();
    const said = JSON.parse(text.split("\n")[0] || "{}") as Plan & Sent["call"];
    const { once, instance, ...rest } = (said.call ?? said) as Sent["call"] & Pick<Sent, "once">;
    const files = (said.files ?? []).map(({ upload, name }) => `${upload}=${name}`);
    const call = instance?.startsWith(NAME) ? rest : { ...rest, instance };
    return new Promise((resolve, reject) => {
      let arrived = "";
      watch.signal?.addEventListener("abort", () => reject(new Error("aborted")));
      const answerText: Sent["answerText"] = (text, status, type = "application/json") => {
        resolve({ status, type, text, header: () => null });
        return settle();
      };
      this.sent.push({
        url,
        call,
        once,
        files,
        body,
        watch,
        answerText,
        answer: ({ title, body, ...reply }, status = 200) => answerText(JSON.stringify({ view: whole(body, title), actions: [], ...reply }), status),
        arrive: (more) => {
          watch.onText((arrived += more));
          return settle();
        },
        end: () => answerText(arrived, 200, "application/x-ndjson"),
        fail: () => {
          reject(new Error("offline"));
          return settle();
        },
      });
    });
  }

  follow(url: string, follower: Follower): () => void {
    const followed = { url, ...follower, isOpen: true };
    this.followed.push(followed);
    return () => void (followed.isOpen = false);
  }

  assign(url: string): void {
    this.assigned.push(url);
  }

  reload(): void {
    this.reloads += 1;
  }

  /** The last request. */
  get last(): Sent {
    const sent = this.sent.at(-1);
    if (!sent) throw new Error("nothing was sent");
    return sent;
  }
}

export interface TestPage {
  readonly page: Page;
  readonly root: HTMLElement;
  readonly net: FakeTransport;
}

let frames: (() => void)[] = [];
let images: Element[] = [];

/** Notes what is waited for; nothing is near the screen until `scrollTo` says so. */
class FakeObserver {
  static notice: IntersectionObserverCallback;
  constructor(notice: IntersectionObserverCallback) {
    FakeObserver.notice = notice;
  }
  observe(target: Element): void {
    images.push(target);
  }
  unobserve(target: Element): void {
    images = images.filter((image) => image !== target);
  }
}

/** Brings elements near the screen, and tells whether the client waited for them. */
export function scrollTo(...elements: Element[]): boolean[] {
  const waited = elements.map((element) => images.includes(element));
  const entries = [...images].map((target) => ({ target, isIntersecting: elements.includes(target) }));
  FakeObserver.notice(entries as IntersectionObserverEntry[], new FakeObserver(FakeObserver.notice) as unknown as IntersectionObserver);
  return waited;
}

/** What the server may say of the document as a whole. */
export interface Around {
  readonly lang?: string;
  readonly texts?: Readonly<Record<string, string>>;
  /** The page that this is, whatever its address says. */
  readonly address?: string;
  /** Whether the document answers a form. */
  readonly isAnswer?: boolean;
  /** What the server calls this document, if it lets it follow what changes. */
  readonly live?: string;
  /** Whether the second module can be loaded. */
  readonly transfer?: boolean;
  /** What the browser has stored for this site. */
  readonly stored?: Readonly<Record<string, string>>;
  /** The locks of the browser's tabs, which jsdom does not have. */
  readonly locks?: object;
  /** Stands in for the network. */
  readonly server?: { serve(net: FakeTransport): void };
}

/** Opens a page with this markup in its root; it replaces the one before. */
export function open(body: string, base = "", { lang = "en", texts: words = {}, address = "/here?a=1", isAnswer = false, live = "", transfer: hasTransfer = true, stored = {}, locks, server }: Around = {}): TestPage {
  const html = `<!doctype html><html lang="${lang}"><body data-filekit-base="${base}" ${attribute("data-filekit-texts", words)} data-filekit-page="${address}" data-filekit-instance="${live || `${NAME}.0`}" ${live && "data-filekit-live"}><main id="filekit">${body}</main>`;
  const dom = new JSDOM(html, { url: `http://localhost/${isAnswer ? "_filekit/form?page=%2F" : "here?a=1"}`, pretendToBeVisual: true });
  for (const name of GLOBALS) Object.defineProperty(globalThis, name, { value: dom.window[name], configurable: true, writable: true });
  frames = [];
  images = [];
  Object.assign(globalThis, { IntersectionObserver: FakeObserver });
  globalThis.requestAnimationFrame = (callback) => frames.push(() => callback(0));
  console.warn = () => undefined;
  Blob.prototype.arrayBuffer ??= readAll;
  Object.defineProperty(navigator, "locks", { value: locks });
  // As in Firefox: jsdom gives itself out as WebKit.
  Object.defineProperty(navigator, "vendor", { value: "", writable: true });
  Object.entries(stored).forEach(([key, value]) => localStorage.setItem(key, value));
  const net = new FakeTransport(hasTransfer);
  server?.serve(net);
  const page = start(document, net);
  return { page, root: page.root, net };
}

/** What jsdom's blobs lack; theirs are in memory. */
async function readAll(this: Blob): Promise<ArrayBuffer> {
  return new Uint8Array(bytesOf(this)).buffer;
}

/** The bytes of a body. */
export function bytesOf(body: Body): Buffer {
  if (body === null || typeof body === "string") return Buffer.from(body ?? "");
  const [inner] = Object.getOwnPropertySymbols(body);
  return (body as unknown as Record<symbol, { _buffer: Buffer }>)[inner as symbol]!._buffer;
}

// Requests that a test leaves without an answer keep no process alive.
const setRealInterval = globalThis.setInterval;
globalThis.setInterval = ((...args: Parameters<typeof setInterval>) => setRealInterval(...args).unref()) as typeof setInterval;

// Files can be made before the first page, and all of the client's functions can be called.
await loadTransfer(open("").page);

/** Makes a node's content what the markup says. */
export function patch(root: Node, html: string): void {
  apply({ parent: root, before: null, end: null }, [html, []], new Set());
}

/** Shows a whole page of the server. */
export function showBody(page: Page, html: string): void {
  showChange(page, [html, []]);
}

/** Lets the next frame come. */
export function frame(): void {
  for (const callback of frames.splice(0)) callback();
}

/** Waits until everything that can go on without the test has done so, and shows it. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  frame();
}

export function file(name: string, content = name, options: FilePropertyBag = {}): File {
  return new File([content], name, { lastModified: 1, ...options });
}

/** Does what a browser does when a visitor chose files in the dialog. */
export async function choose(id: string, ...files: File[]): Promise<void> {
  const input = find<HTMLInputElement>(`#${id}`);
  let chosen = files;
  Object.defineProperty(input, "files", { configurable: true, get: () => chosen });
  Object.defineProperty(input, "value", { configurable: true, get: () => "", set: () => (chosen = []) });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await settle();
}

export async function click(selector: string): Promise<void> {
  find(selector).click();
  await settle();
}

export function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

export function texts(selector: string): string[] {
  return Array.from(document.querySelectorAll(selector), (element) => element.textContent ?? "");
}

/** An attribute with JSON in it. */
export function attribute(name: string, value: unknown): string {
  return `${name}="${JSON.stringify(value).replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`;
}

export function onClick(...actions: object[]): string {
  return attribute("data-filekit-on-click", actions);
}

/** What a zone may declare beside its input. */
export interface Declared {
  readonly rules?: object;
  readonly options?: object;
  readonly on?: Readonly<Record<string, readonly object[]>>;
}

/** An upload zone. */
export function zone(id: string, content = "", more = "multiple", { rules, options, on = {} }: Declared = {}): string {
  const attributes = [
    rules && attribute("data-filekit-rules", rules),
    options && attribute("data-filekit-options", options),
    ...Object.entries(on).map(([type, actions]) => attribute(`data-filekit-on-${type}`, actions)),
  ];
  return `<div class="fk-upload" data-filekit-upload="${id}" ${attributes.filter(Boolean).join(" ")}><input type="file" class="fk-upload-input" id="${id}" name="${id}" ${more}>${content}</div>`;
}

/** A list of what an expression says, one `<li>` per item with one of its fields. */
export function list(expr: unknown, field: string, depth = 1): string {
  const text = attribute("data-filekit-text", ["get", ["item", depth], field]);
  return `<ul><template ${attribute("data-filekit-for", expr)} data-filekit-depth="${depth}"><li><span ${text}></span></li></template></ul>`;
}

/** A button that sends the files of an id. */
export function sendButton(id: string): string {
  return `<button id="send" ${onClick({ event: "receive", arguments: [["upload_files", id]] })}>Send</button>`;
}

/** Numbers that look random and are the same in each run. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}
