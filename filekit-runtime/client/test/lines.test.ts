/**
 * Replies in lines: the page is shown while its event still runs, however the lines are cut on their way.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadState } from "../src/page/page.ts";
import { browserTransport } from "../src/talk/transport.ts";
import { choose, click, file, find, onClick, open, sendButton, settle, texts, whole, zone } from "./harness.ts";

const BUTTON = `<button ${onClick({ event: "work", arguments: [] }, { action: "toast", text: "After" })}>Work</button>`;
const line = (value: object): string => `${JSON.stringify(value)}\n`;
const update = (body: string, title: string | null = null): string => line({ update: whole(body, title) });
const done = (body: string | null): string => line({ view: whole(body), actions: [{ action: "toast", text: "Done" }] });

test("each update is shown at once, and the event stays busy until the last line", async () => {
  const { net } = open(`<p>0</p>${BUTTON}`);
  const button = find("button");
  await click("button");
  for (const step of ["1", "2"]) {
    await net.last.arrive(update(`<p>${step}</p>${BUTTON}`, `Step ${step}`));
    assert.deepEqual([find("p").textContent, document.title], [step, `Step ${step}`]);
    assert.equal(button.getAttribute("aria-busy"), "true");
    assert.equal(find("button"), button);
  }
  await click("button");
  assert.equal(net.sent.length, 1);
  await net.last.arrive(done(`<p>3</p>${BUTTON}`));
  assert.equal(button.getAttribute("aria-busy"), "true");
  await net.last.end();
  assert.deepEqual([find("p").textContent, texts(".fk-toast p"), button.hasAttribute("aria-busy")], ["3", ["Done", "After"], false]);
});

test("it does not matter where the text is cut", async () => {
  const text = update(`<p>eins ü</p>${BUTTON}`) + update(`<p>zwei 写</p>${BUTTON}`) + done("<p>drei</p>");
  for (const size of [1, 7, 64, text.length]) {
    const { net } = open(BUTTON);
    const seen: string[] = [];
    await click("button");
    for (let at = 0; at < text.length; at += size) {
      net.last.watch.onText(text.slice(0, at + size));
      const now = document.querySelector("p")?.textContent ?? "";
      if (now !== seen.at(-1)) seen.push(now);
    }
    await net.last.answerText(text, 200, "application/x-ndjson");
    if (size === 1) assert.deepEqual(seen, ["", "eins ü", "zwei 写", "drei"]);
    assert.equal(find("#filekit").innerHTML, "<p>drei</p>");
  }
});

test("an end without a last line is a broken connection", async () => {
  for (const text of ["", update("<p>1</p>"), `${update("<p>1</p>")}{"view":{"bo`, '{"upd']) {
    const { net } = open(BUTTON);
    const codes: string[] = [];
    document.addEventListener("filekit:report", (reported) => codes.push((reported as CustomEvent<{ code: string }>).detail.code));
    await click("button");
    if (text) await net.last.arrive(text);
    await net.last.end();
    assert.match(find("[role=alert] p").textContent ?? "", /could not be reached/);
    assert.deepEqual(codes, ["client.network"]);
  }
});

test("an event that fails after updates takes them back", async () => {
  const { net } = open(`<p>0</p>${BUTTON}`);
  await click("button");
  await net.last.arrive(update(`<p>1</p>${BUTTON}`));
  const error = { code: "event.failed", message: "No.", reference: null };
  await net.last.arrive(line({ error, view: whole(`<p>0</p>${BUTTON}`, "Before") }));
  await net.last.end();
  assert.deepEqual([find("p").textContent, document.title, texts(".fk-toast p")], ["0", "Before", ["No."]]);
  await click("button");
  await net.last.arrive(line({ error }));
  await net.last.end();
  assert.deepEqual([find("p").textContent, texts(".fk-toast p")], ["0", ["No."]]);
});

test("an update keeps the focus, the caret, half a word, and the uploads that run", async () => {
  const body = (step: string): string => `<p>${step}</p><input id="name" value="x">${zone("docs")}${zone("other")}${sendButton("docs")}${BUTTON.replace("<button", '<button id="work"')}`;
  const { net, page } = open(body("0"));
  await choose("docs", file("a"));
  await choose("other", file("b"));
  await click("#send");
  await click("#work");
  const input = find<HTMLInputElement>("#name");
  input.focus();
  input.value = "half";
  input.setSelectionRange(1, 3);
  const [upload, work] = net.sent;
  await upload?.arrive(update(body("1")));
  await work?.arrive(update(body("2")));
  assert.equal(find("p").textContent, "2");
  assert.deepEqual([document.activeElement, input.value, input.selectionStart, input.selectionEnd], [input, "half", 1, 3]);
  const state = (): unknown[] => ["docs", "other"].map((id) => [uploadState(page, id).isUploading, uploadState(page, id).files.length]);
  assert.deepEqual(state(), [[true, 1], [false, 1]]);
  assert.equal(upload?.watch.signal?.aborted, false);
  await upload?.arrive(done(null));
  await upload?.end();
  assert.deepEqual(state(), [[false, 0], [false, 1]]);
});

test("the browser's request hands on text as it arrives, also one cut inside a character", async () => {
  const bytes = new TextEncoder().encode(`${update("<p>写真 ü 😀</p>")}${done("<p>終</p>")}`);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const { page } = open(BUTTON);
    const request = fakeRequest();
    Object.assign(page.network, browserTransport());
    await click("button");
    request.arrive(bytes.slice(0, cut));
    request.arrive(bytes.slice(0, bytes.length - 1));
    assert.equal(find("p").textContent, "写真 ü 😀", `cut at ${cut}`);
    request.arrive(bytes);
    request.onload?.();
    await settle();
    assert.equal(find("p").textContent, "終", `cut at ${cut}`);
    assert.equal(request.headers["Content-Type"], "application/json");
  }
});

interface FakeRequest {
  readonly headers: Record<string, string>;
  readonly upload: { onload?: () => void };
  responseText: string;
  onprogress?: () => void;
  onload?: () => void;
  onerror?: () => void;
  arrive(bytes: Uint8Array): void;
}

/** The next XMLHttpRequest; it decodes what has arrived as the standard says, with a replacement for half a character. */
function fakeRequest(): FakeRequest & Record<string, unknown> {
  const request: FakeRequest & Record<string, unknown> = {
    headers: {},
    upload: {},
    status: 200,
    responseText: "",
    open: () => undefined,
    send: () => undefined,
    setRequestHeader: (name: string, value: string) => void (request.headers[name] = value),
    getResponseHeader: () => "application/x-ndjson",
    arrive: (bytes) => {
      request.responseText = new TextDecoder().decode(bytes);
      request.onprogress?.();
    },
  };
  Object.assign(globalThis, { XMLHttpRequest: function () { return request; } });
  return request;
}
