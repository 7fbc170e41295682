/**
 * Uploads: what is sent, how far it is, and what becomes of the selection.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SelectedFile } from "../src/upload/files.ts";
import { uploadState } from "../src/page/page.ts";
import { newMeter, progressOf, sample, share } from "../src/transfer/progress.ts";
import { attribute, bytesOf, choose, click, file, find, list, onClick, open, type Plan, randomNumbers, sendButton, settle, showBody, texts, type TestPage, zone } from "./harness.ts";

const CANCEL = `<button id="cancel" ${onClick({ action: "cancel_upload", id: "docs" })}>Cancel</button>`;
const ROW_BUTTONS = ["cancel_file", "retry_file"].map((action) => `<button class="${action}" ${onClick({ action, file: ["item", 1] })}></button>`).join("");
const ROWS = list(["selected_files", "docs"], "status").replace("</li>", `${ROW_BUTTONS}</li>`);

async function openWith(...files: File[]): Promise<TestPage & { state: () => readonly SelectedFile[] }> {
  const opened = open(zone("docs") + ROWS + sendButton("docs") + CANCEL, "/app");
  await choose("docs", ...files);
  return { ...opened, state: () => uploadState(opened.page, "docs").files };
}

test("what is small goes in one request: the call and what the files are, then their bytes in order", async () => {
  const deep = Object.defineProperty(file("b", "bytes of b", { type: "text/plain" }), "webkitRelativePath", { value: "dir/b" });
  const { net } = await openWith(file("a", "bytes of a\n"), deep);
  await click("#send");
  assert.equal(net.last.url, "/app/_filekit/upload");
  assert.deepEqual(net.last.watch.headers, { "Content-Type": "application/vnd.filekit.plan", "upload-complete": "?1" });
  assert.deepEqual(net.last.call, { page: "/here?a=1", capability: "receive", arguments: [null] });
  const [said = "", ...bytes] = bytesOf(net.last.body).toString().split("\n");
  assert.deepEqual((JSON.parse(said) as Plan).files, [
    { upload: "docs", name: "a", size: 11, modified: 1 },
    { upload: "docs", name: "dir/b", size: 10, type: "text/plain", modified: 1 },
  ]);
  assert.equal(bytes.join("\n"), "bytes of a\nbytes of b");
});

test("with nothing selected the request is sent all the same", async () => {
  const { net } = await openWith();
  await click("#send");
  assert.deepEqual(net.last.files, []);
});

test("a success empties the selection, but not of what was added meanwhile", async () => {
  const { net, page, state } = await openWith(file("a"), file("b"));
  await click("#send");
  assert.equal(uploadState(page, "docs").isUploading, true);
  await choose("docs", file("c"));
  await net.last.answer({});
  assert.deepEqual(state().map(({ name }) => name), ["c"]);
  assert.equal(uploadState(page, "docs").isUploading, false);
  assert.equal(find("[role=status]").textContent, "Upload finished");
});

test("a refusal keeps the selection, says why, and can be tried again", async () => {
  const { net, state } = await openWith(file("a"), file("b"));
  await click("#send");
  await net.last.answer({ error: { code: "upload.too-large", message: "At most 4 bytes.", reference: null } }, 413);
  assert.deepEqual(state().map(({ status, error }) => [status, error]), [["failed", "At most 4 bytes."], ["failed", "At most 4 bytes."]]);
  assert.equal(find("[role=alert] p").textContent, "At most 4 bytes.");
  await click("li:nth-of-type(2) .retry_file");
  assert.deepEqual(net.last.files, ["docs=b"]);
  await net.last.answer({});
  assert.deepEqual(state().map(({ name, status }) => [name, status]), [["a", "failed"]]);
  await click("#send");
  assert.deepEqual(net.last.files, ["docs=a"]);
});

test("where one file is to blame, the others can be sent without it", async () => {
  const { net, state } = await openWith(file("a"), file("b"));
  await click("#send");
  await net.last.answer({ error: { code: "upload.too-large", message: "No.", reference: null, file: "b" } }, 413);
  assert.deepEqual(state().map(({ status, error }) => [status, error]), [["selected", ""], ["failed", "No."]]);
  await click("#send");
  await net.last.answer({ error: { code: "upload.too-large", message: "No.", reference: null, file: "of another name" } }, 413);
  assert.deepEqual(state().map(({ status }) => status), ["failed", "failed"]);
});

test("where single files are to blame, each has its own words, also where names are the same", async () => {
  const { net, state } = await openWith(file("a"), file("b"), file("b", "another"));
  await click("#send");
  const refused = [{ nth: 0, code: "upload.too-large", message: "No a." }, { nth: 2, code: "upload.too-small", message: "No b." }];
  await net.last.answer({ error: { code: "upload.too-large", message: "No.", reference: null, refused } }, 413);
  assert.deepEqual(state().map(({ status, error }) => [status, error]), [["failed", "No a."], ["selected", ""], ["failed", "No b."]]);
});

test("a strange answer is a failure in the client's own words", async () => {
  const { net, state } = await openWith(file("a"));
  await click("#send");
  await net.last.answerText("<h1>Forbidden</h1>", 403);
  assert.match(state()[0]?.error ?? "", /\(403\)/);
});

test("cancelling twice is as good as once, and nothing alarming is shown", async () => {
  const { net, page, state } = await openWith(file("a"));
  await click("#send");
  await click("#cancel");
  await click("#cancel");
  assert.equal(net.last.watch.signal?.aborted, true);
  assert.deepEqual(state().map(({ status, progress }) => [status, progress]), [["selected", 0]]);
  assert.equal(uploadState(page, "docs").isUploading, false);
  assert.equal(document.querySelector(".fk-toast"), null);
  assert.equal(find("#send").hasAttribute("aria-busy"), false);
});

test("cancelling one file sends the others again without it", async () => {
  const { net, state } = await openWith(file("a"), file("b"));
  await click("#send");
  await click("li .cancel_file");
  assert.equal(net.sent.length, 2);
  assert.equal(net.sent[0]?.watch.signal?.aborted, true);
  assert.deepEqual(net.last.files, ["docs=b"]);
  await click("li .cancel_file");
  assert.deepEqual([net.sent.length, state()], [2, []]);
});

test("clearing the selection does not stop an upload", async () => {
  const { net, page } = await openWith(file("a"));
  await click("#send");
  uploadState(page, "docs").files = [];
  await net.last.answer({ title: "Done", body: "" });
  assert.equal(net.last.watch.signal?.aborted, false);
  assert.equal(document.title, "Done");
});

test("a double click sends once; another control's upload of the same id waits its turn", async () => {
  const { net } = open(zone("docs") + sendButton("docs") + sendButton("docs").replace('id="send"', 'id="again"') + CANCEL);
  await choose("docs", file("a"));
  await click("#send");
  await click("#send");
  assert.equal(find("#send").getAttribute("aria-busy"), "true");
  await click("#again");
  await choose("docs", file("b"));
  assert.equal(net.sent.length, 1);
  await net.last.answer({});
  assert.deepEqual(net.last.files, ["docs=b"]);
  assert.equal(find("#send").hasAttribute("aria-busy"), false);
  await click("#send");
  await click("#cancel");
  assert.equal(net.sent.length, 2);
});

test("progress is that of the files in order, only grows, and ends in processing", async () => {
  const { net, page, state } = await openWith(file("a", "x".repeat(100)), file("b", "x".repeat(300)));
  await click("#send");
  assert.deepEqual(texts("li"), ["uploading", "uploading"]);
  // The request is larger than its files: 50 bytes in front of them in 450.
  net.last.watch.onProgress?.(250, 450);
  await settle();
  assert.deepEqual(state().map(({ progress }) => progress), [100, 33]);
  assert.deepEqual({ ...uploadState(page, "docs").progress, rate_text: "", eta_text: "" }, { percent: 50, loaded: 200, total: 400, rate_text: "", eta_text: "" });
  assert.equal(find("[role=status]").textContent, "50 %");
  net.last.watch.onProgress?.(100, 450);
  assert.equal(uploadState(page, "docs").progress.percent, 50);
  net.last.watch.onProgress?.(450, 450);
  await settle();
  assert.equal(uploadState(page, "docs").progress.percent, 100);
  assert.deepEqual(texts("li"), ["processing", "processing"]);
});

test("what the server checks is in check when it is sent", async () => {
  const { net } = open(zone("docs", "", "multiple", { rules: { check: true } }) + ROWS + sendButton("docs"));
  await choose("docs", file("a", "x".repeat(100)));
  await click("#send");
  assert.deepEqual(texts("li"), ["uploading"]);
  net.last.watch.onProgress?.(150, 150);
  await settle();
  assert.deepEqual(texts("li"), ["checking"]);
  await net.last.answer({ error: { code: "upload.refused-by-check", message: "“a” is not accepted: It is bad.", reference: null, file: "a" } }, 422);
  assert.deepEqual(texts("li"), ["failed"]);
});

test("a bar follows the upload, and shows no end while the server is at work", async () => {
  const follow = (expr: unknown): string => `${attribute("data-filekit-attribute-value", expr)} max="100"`;
  const body = `${zone("docs")}<progress id="all" ${follow(["get", ["upload_progress", "docs"], "percent"])}></progress>
    <progress id="mine" ${follow(["value_of", "typed"])}></progress><input id="typed" type="number" value="100">
    ${list(["selected_files", "docs"], "name").replace("</li>", `<progress ${follow(["get", ["item", 1], "progress"])}></progress></li>`)}${sendButton("docs")}`;
  const { net, page } = open(body);
  await choose("docs", file("a", "x".repeat(100)), file("b", "x".repeat(100)));
  const bars = (): number[] => Array.from(document.querySelectorAll("progress"), ({ position }) => position);
  assert.deepEqual(bars(), [0, 1, 0, 0]);
  await click("#send");
  net.last.watch.onProgress?.(75, 200);
  await settle();
  assert.deepEqual(bars(), [0.37, 1, 0.75, 0]);
  net.last.watch.onProgress?.(200, 200);
  await settle();
  assert.deepEqual(bars(), [-1, 1, -1, -1]);
  showBody(page, `<p>new</p>${body}`);
  assert.deepEqual(bars(), [-1, 1, -1, -1]);
  await net.last.answer({});
  assert.deepEqual(bars(), [0, 1]);
});

test("leaving is warned about while something is sent, and only then", async () => {
  const leaves = (): boolean => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  const { net } = await openWith(file("a"));
  assert.equal(leaves(), true);
  await click("#send");
  assert.equal(leaves(), false);
  await net.last.answer({});
  assert.equal(leaves(), true);
});

test("nobody is warned for a call without files", async () => {
  const { net } = await openWith();
  await click("#send");
  assert.equal(window.dispatchEvent(new Event("beforeunload", { cancelable: true })), true);
  await net.last.answer({});
});

test("cancelling comes from a handler too", async () => {
  const { net, state } = open2();
  await choose("docs", file("a"));
  await click("#send");
  await click("#stop");
  await net.last.answer({ actions: [{ action: "cancel_upload", id: "docs" }] });
  assert.equal(net.sent[0]?.watch.signal?.aborted, true);
  assert.deepEqual(state().map(({ status }) => status), ["selected"]);
  assert.equal(find("[role=status]").textContent, "Upload cancelled");
});

function open2(): TestPage & { state: () => readonly SelectedFile[] } {
  const opened = open(`${zone("docs")}${sendButton("docs")}<button id="stop" ${onClick({ event: "stop", arguments: [] })}>Stop</button>`);
  return { ...opened, state: () => uploadState(opened.page, "docs").files };
}

test("what follows an upload in a chain waits for it", async () => {
  const chain = onClick({ event: "receive", arguments: [["upload_files", "docs"]] }, { event: "after", arguments: [] });
  const { net } = open(`${zone("docs")}<button id="send" ${chain}>Send</button>`);
  await choose("docs", file("a"));
  await click("#send");
  assert.deepEqual(net.sent.map(({ call }) => call.capability), ["receive"]);
  await net.last.answer({});
  assert.deepEqual(net.sent.map(({ call }) => call.capability), ["receive", "after"]);
});

test("progress begins anew when a cancelled file is left out", async () => {
  const { net, page, state } = await openWith(file("a", "x".repeat(100)), file("b", "x".repeat(300)));
  await click("#send");
  net.last.watch.onProgress?.(300, 400);
  await click("li:nth-of-type(2) .cancel_file");
  assert.deepEqual([state().map(({ progress }) => progress), net.last.files], [[0], ["docs=a"]]);
  net.last.watch.onProgress?.(50, 100);
  assert.equal(uploadState(page, "docs").progress.percent, 50);
});

test("quarters are announced once each, then that the server is at work", async () => {
  const { net } = await openWith(file("a", "x".repeat(1000)));
  await click("#send");
  const said: (string | null)[] = [];
  for (let sent = 0; sent <= 1000; sent += 10) {
    net.last.watch.onProgress?.(sent, 1000);
    const now = find("[role=status]").textContent;
    if (now !== said.at(-1)) said.push(now);
  }
  assert.deepEqual(said, ["Uploading 1 file", "25 %", "50 %", "75 %", "Processing"]);
});

test("the zone hears of progress about once a second and at the end, while the upload runs", async (context) => {
  const on = { progress: [{ event: "progress", arguments: [["upload_progress", "docs"]] }] };
  const { net } = open(zone("docs", "", "multiple", { on }) + sendButton("docs"));
  await choose("docs", file("a", "x".repeat(1000)));
  let now = 0;
  context.mock.method(performance, "now", () => now);
  await click("#send");
  const [upload] = net.sent;
  for (let sent = 0; sent <= 1000; sent += 10) {
    now += 50;
    upload?.watch.onProgress?.(sent, 1000);
    await settle();
    if (net.sent.length > 1) await net.last.answer({});
  }
  const progress = net.sent.slice(1).map(({ call }) => call.arguments[0] as { percent: number });
  assert.deepEqual(progress.map(({ percent }) => percent), [21, 41, 61, 81, 100]);
  assert.deepEqual(progress[1], { percent: 41, loaded: 410, total: 1000, rate_text: "200 B/s", eta_text: "3 s left" });
  assert.equal(find(".fk-upload").hasAttribute("aria-busy"), false);
});

test("of progress that comes while the handler still runs, the last is not lost", async (context) => {
  const on = { progress: [{ event: "progress", arguments: [["upload_progress", "docs"]] }] };
  const { net } = open(zone("docs", "", "multiple", { on }) + sendButton("docs"));
  await choose("docs", file("a", "x".repeat(1000)));
  let now = 0;
  context.mock.method(performance, "now", () => now);
  await click("#send");
  const [upload] = net.sent;
  for (const sent of [10, 300, 600, 1000]) {
    upload?.watch.onProgress?.(sent, 1000);
    now += 1000;
  }
  await settle();
  await net.last.answer({});
  assert.deepEqual(net.sent.slice(1).map(({ call }) => (call.arguments[0] as { percent: number }).percent), [30, 100]);
});

test("neither the rate nor the time left jumps on a network of bursts", () => {
  const random = randomNumbers(5);
  const total = 200_000_000;
  const meter = newMeter(0);
  // The browser's buffers take 4 MB at once; then it is 1 MB/s, in bursts and pauses.
  let sent = 4_000_000;
  const left: number[] = [];
  const rates = new Set<string>();
  for (let at = 50; sent < total / 2; at += 50) {
    if (sample(meter, sent, at)) {
      left.push((total - meter.sent) / meter.rate);
      rates.add(progressOf(sent, total, meter.rate).rate_text);
    }
    sent = 4_000_000 + at * 1000 - random(1_000_000);
  }
  assert.ok(left.every((seconds, index) => index === 0 || Math.abs(seconds - (left[index - 1] ?? 0)) < 0.3 * seconds));
  // Once there are a few samples it counts down as a clock does.
  assert.ok(left.slice(10).every((seconds, index) => seconds < (left[9 + index] ?? 0) * 1.12));
  assert.ok(rates.size > 0);
});

test("bytes are shared among files in order, and none is lost", () => {
  const random = randomNumbers(11);
  for (let round = 0; round < 200; round += 1) {
    const sizes = Array.from({ length: random(6) }, () => random(50));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const sent = random(total + 1);
    const parts = share(sizes, sent);
    assert.equal(parts.reduce((sum, part) => sum + part, 0), sent);
    assert.ok(parts.every((part, index) => part <= sizes[index]!));
  }
});

test("the rate follows the network smoothly", () => {
  const meter = newMeter(0);
  for (let at = 100; at <= 10_000; at += 100) sample(meter, at * 1000, at);
  assert.equal(Math.round(meter.rate), 1_000_000);
  assert.deepEqual(progressOf(10_000_000, 40_000_000, meter.rate), { percent: 25, loaded: 10_000_000, total: 40_000_000, rate_text: "1 MB/s", eta_text: "30 s left" });
  sample(meter, 10_000_000, 10_500);
  assert.ok(meter.rate > 800_000);
});

/** A file that is another by now than when it was chosen, as browsers show it. */
function changedOnDisk(name: string, read: (whole: boolean) => Promise<ArrayBuffer>): File {
  const chosen = file(name, "four");
  const slice = Object.assign(new Blob(["r"]), { arrayBuffer: () => read(false) });
  return Object.assign(chosen, { arrayBuffer: () => read(true), slice: () => slice });
}

const KINDS_OF_CHANGE: readonly [string, (whole: boolean) => Promise<ArrayBuffer>][] = [
  ["changed, in Chromium", () => Promise.reject(new DOMException("", "NotReadableError"))],
  ["gone, in Firefox", () => Promise.reject(new DOMException("", "AbortError"))],
  ["shorter, in Firefox", () => Promise.resolve(new ArrayBuffer(0))],
  ["longer, in Firefox", (whole) => Promise.resolve(new ArrayBuffer(whole ? 5 : 1))],
];

for (const [kind, read] of KINDS_OF_CHANGE) {
  test(`a file that is ${kind} is marked before anything is sent, and the others can be sent`, async () => {
    const { net, state } = await openWith(file("a"), changedOnDisk("b", read), file("c"));
    await click("#send");
    assert.equal(net.sent.length, 0);
    const words = "“b” has changed or is gone: choose it again.";
    assert.deepEqual(state().map(({ status, error }) => [status, error]), [["selected", ""], ["failed", words], ["selected", ""]]);
    assert.equal(find("[role=alert] p").textContent, words);
    await click("#send");
    assert.deepEqual(net.last.files, ["docs=a", "docs=c"]);
    await net.last.answer({});
    assert.deepEqual(state().map(({ name, status }) => [name, status]), [["b", "failed"]]);
  });
}

test("a file that changed is replaced when it is chosen again", async () => {
  const { net, state } = await openWith(file("a"), changedOnDisk("b", () => Promise.reject(new Error("changed"))));
  await click("#send");
  await choose("docs", file("b", "longer", { lastModified: 2 }));
  assert.deepEqual(state().map(({ name, status }) => [name, status]), [["a", "selected"], ["b", "selected"]]);
  await click("#send");
  assert.deepEqual(net.last.files, ["docs=a", "docs=b"]);
});

test("a file that changed and is all there is, is looked at again", async () => {
  let isBack = false;
  const { net, state } = await openWith(changedOnDisk("a", () => (isBack ? Promise.resolve(new ArrayBuffer(4)) : Promise.reject(new Error("gone")))));
  await click("#send");
  await click("#send");
  assert.deepEqual([net.sent.length, state()[0]?.status], [0, "failed"]);
  isBack = true;
  await click("li .retry_file");
  assert.deepEqual(net.last.files, ["docs=a"]);
});

test("when an upload breaks, it is looked again whether its files are as they were", async () => {
  let isThere = true;
  const { net, state } = await openWith(file("a"), changedOnDisk("b", () => (isThere ? Promise.resolve(new ArrayBuffer(4)) : Promise.reject(new Error("changed")))));
  await click("#send");
  isThere = false;
  await net.last.fail();
  assert.deepEqual(state().map(({ status, error }) => [status, error]), [["selected", ""], ["failed", "“b” has changed or is gone: choose it again."]]);
});

test("of many files that changed, only some are told", async () => {
  await openWith(...Array.from({ length: 9 }, (_, index) => changedOnDisk(`${index}`, () => Promise.reject(new Error("changed")))));
  await click("#send");
  assert.deepEqual(find("[role=alert] p").textContent?.split("\n").slice(4), ["“4” has changed or is gone: choose it again.", "and 4 more"]);
});

test("a click for another selection waits for its turn, and a double click sends once", async () => {
  const { net } = await openWith(file("a"));
  await click("#send");
  await click("#send");
  await choose("docs", file("b"));
  await click("#send");
  await click("#send");
  assert.deepEqual(net.sent.map(({ files }) => files), [["docs=a"]]);
  await net.last.answer({});
  assert.deepEqual(net.sent.map(({ files }) => files), [["docs=a"], ["docs=b"]]);
  assert.equal(find("#send").getAttribute("aria-busy"), "true");
  await net.last.answer({});
  assert.deepEqual([net.sent.length, find("#send").hasAttribute("aria-busy")], [2, false]);
});

test("a click that waits for its turn is cancelled with what runs", async () => {
  const { net, state } = await openWith(file("a"));
  await click("#send");
  await choose("docs", file("b"));
  await click("#send");
  await click("#cancel");
  assert.deepEqual([net.sent.length, state().map(({ status }) => status)], [1, ["selected", "selected"]]);
});

test("without the second script nothing is chosen or sent, which is told, and the next try asks for it again", async () => {
  const { net, page } = open(zone("docs") + sendButton("docs"), "", { transfer: false });
  await choose("docs", file("a"));
  assert.match(find("[role=alert] p").textContent ?? "", /could not be loaded/);
  await click("#send");
  assert.deepEqual([net.sent.length, uploadState(page, "docs").files, net.asked, page.jobs.size], [0, [], 3, 0]);
  assert.equal(find("#send").hasAttribute("aria-busy"), false);
  net.hasTransfer = true;
  await choose("docs", file("a"));
  await click("#send");
  assert.deepEqual(net.last.files, ["docs=a"]);
});

test("a page without uploads asks for no second script", async () => {
  const { net } = open(`<button id="go" ${onClick({ event: "go", arguments: [] })}>Go</button>`);
  await click("#go");
  assert.deepEqual([net.sent.length, net.asked], [1, 0]);
});
