/**
 * The rules of an upload: what is refused, file by file, in which words, and what still goes on.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Rules, sift } from "../src/transfer/rules.ts";
import { type Declared, choose, click, file, find, list, onClick, open, sendButton, settle, type TestPage, texts, zone } from "./harness.ts";

const SELECTED = list(["selected_files", "docs"], "name").replace("<ul", '<ul id="selected"');
const REJECTED = list(["rejected_files", "docs"], "message").replace("<ul", '<ul id="rejected"');
const CODES = list(["rejected_files", "docs"], "code").replace("<ul", '<ul id="codes"');

function openWith(declared: Declared, more = "multiple"): TestPage {
  return open(zone("docs", "", more, declared) + SELECTED + REJECTED + CODES + sendButton("docs"));
}

const shown = (): string[][] => ["#selected li", "#rejected li", "#codes li"].map(texts);
const sized = (name: string, size: number, type = ""): File => file(name, "x".repeat(size), { type });

test("each file is judged by itself, with its name and the limit, and the rest goes on", async () => {
  openWith({ rules: { max_size: 1500, min_size: 2 } });
  await choose("docs", sized("large", 1501), sized("right", 1500), sized("tiny", 1), sized("small", 2));
  assert.deepEqual(shown(), [["right", "small"], ["“large” is larger than 1.5 KB.", "“tiny” is smaller than 2 B."], ["upload.too-large", "upload.too-small"]]);
  assert.equal(find("[role=status]").textContent, "“large” is larger than 1.5 KB.\n“tiny” is smaller than 2 B.\n2 files selected");
  assert.equal(document.querySelector("[role=alert] p"), null, "the page says it already");
});

test("a file suits by its extension, whatever the browser claims, and without one it is left to the server", () => {
  const rules: Rules = { accept: ["image/*", "application/pdf", ".tar.gz"], accepted: "images, PDF", extensions: ["png", "jpg", "pdf", "tar.gz"] };
  const cases: [string, string, boolean][] = [
    ["a.png", "image/png", true], ["A.PNG", "", true], ["a.jpg", "application/octet-stream", true], ["a.odd", "image/x-odd", false],
    ["a.tar.gz", "", true], ["a.gz", "application/gzip", false], ["a.png.html", "text/html", false], ["a.html", "image/png", false],
    ["a", "application/pdf", true], ["png", "", true], [".png", "image/png", true],
  ];
  for (const [name, type, right] of cases) {
    const { taken, refused } = sift(rules, [], [{ file: file(name, "x", { type }), path: name }]);
    assert.deepEqual([taken.length, refused.length], right ? [1, 0] : [0, 1], name);
  }
  const named = sift({ accept: [".csv"], extensions: ["csv"] }, [], [{ file: file("a"), path: "a" }]);
  assert.equal(named.refused.length, 1, "an extension is asked for");
  const [refused] = sift(rules, [], [{ file: file("a.exe"), path: "a.exe" }]).refused;
  assert.deepEqual(refused, { name: "a.exe", code: "upload.type-not-accepted", message: "“a.exe” is not accepted here. Accepted: images, PDF." });
});

test("what goes beyond the number or the total is refused, and smaller files after it are taken", async () => {
  openWith({ rules: { max_files: 3, max_total: 10 } });
  await choose("docs", sized("a", 6));
  await choose("docs", sized("b", 5), sized("c", 4));
  assert.deepEqual(shown(), [["a", "c"], ["The files are larger than 10 B together."], ["upload.total-too-large"]]);
  await choose("docs", sized("d", 0), sized("e", 0));
  assert.deepEqual(shown(), [["a", "c", "d"], ["Too many files: at most 3 can be sent."], ["upload.too-many-files"]]);
});

test("limits are never told larger than they are", async () => {
  openWith({ rules: { max_size: 20_971_520 } });
  const large = Object.defineProperty(file("a"), "size", { value: 20_971_521 });
  await choose("docs", large);
  assert.deepEqual(texts("#rejected li"), ["“a” is larger than 20.9 MB."]);
});

test("many refusals are told in a few lines, and all are listed", async () => {
  openWith({ rules: { max_size: 1 } });
  await choose("docs", ...Array.from({ length: 1000 }, (_, index) => sized(`${index}`, 2)));
  assert.equal(texts("#rejected li").length, 1000);
  const lines = find("[role=status]").textContent?.split("\n") ?? [];
  assert.deepEqual([lines.length, lines.at(-1)], [6, "and 995 more"]);
});

test("what the page does not list is told in a message", async () => {
  open(zone("docs", "", "multiple", { rules: { max_size: 1 } }));
  await choose("docs", sized("a", 2), sized("b", 1));
  assert.equal(find("[role=alert] p").textContent, "“a” is larger than 1 B.");
  assert.equal(find("[role=status]").textContent, "1 file selected");
});

test("what was refused is forgotten with the next choice and with a clear", async () => {
  openWith({ rules: { max_size: 1 } });
  await choose("docs", sized("a", 2));
  await choose("docs", sized("b", 1));
  assert.deepEqual(shown(), [["b"], [], []]);
});

test("minimums and totals hold when the files are to be sent, before any byte", async () => {
  const { net } = openWith({ rules: { min_files: 2 } });
  await choose("docs", file("a"));
  await click("#send");
  assert.deepEqual([net.sent.length, texts("[role=alert] p"), texts("#selected li")], [0, ["Too few files: at least 2 must be sent."], ["a"]]);
  assert.equal(find("#send").hasAttribute("aria-busy"), false);
  await choose("docs", file("b"));
  find("[data-filekit-upload]").setAttribute("data-filekit-rules", '{"max_total":1}');
  await click("#send");
  assert.deepEqual([net.sent.length, texts("[role=alert] p").at(-1)], [0, "The files are larger than 1 B together."]);
  find("[data-filekit-upload]").removeAttribute("data-filekit-rules");
  await click("#send");
  assert.equal(net.sent.length, 1);
});

test("a chain stops at a selection that must not be sent", async () => {
  const chain = onClick({ event: "receive", arguments: [["upload_files", "docs"]] }, { event: "after", arguments: [] });
  const { net } = open(`${zone("docs", "", "multiple", { rules: { min_files: 1 } })}<button id="send" ${chain}>Send</button>`);
  await click("#send");
  assert.equal(net.sent.length, 0);
});

test("files that are on their way do not count, and are not replaced", async () => {
  const { net } = openWith({ rules: { max_files: 1 }, options: { replace: true } });
  await choose("docs", file("a"));
  await click("#send");
  await choose("docs", file("b"));
  assert.deepEqual(shown(), [["a", "b"], [], []]);
  await choose("docs", file("c"));
  assert.deepEqual(shown(), [["a", "c"], [], []]);
  await net.last.answer({});
  assert.deepEqual(texts("#selected li"), ["c"]);
});

test("where new files replace, nothing is lost to files that are all refused", async () => {
  openWith({ rules: { max_size: 3 }, options: { replace: true } });
  await choose("docs", file("a"), file("b"));
  await choose("docs", file("c", "long"));
  assert.deepEqual(texts("#selected li"), ["a", "b"]);
  await choose("docs", file("c"), file("d", "long"));
  assert.deepEqual(texts("#selected li"), ["c"]);
});

test("the zone's own actions run for what came and for what was refused, with just the named fields", async () => {
  const on = {
    drop: [{ event: "came", arguments: [["selected_files", "docs"]] }],
    "drop-rejected": [{ event: "refused", arguments: [["rejected_files", "docs"]] }],
  };
  const { net } = openWith({ rules: { max_size: 1 }, on });
  await choose("docs", file("a", "a", { type: "image/png" }), sized("large", 2));
  assert.deepEqual(net.last.call.arguments, [[{ name: "a", path: "a", size: 1, size_text: "1 B", mime: "image/png", status: "selected", progress: 0, rate_text: "", eta_text: "", error: "" }]]);
  await net.last.answer({});
  assert.deepEqual(net.last.call.arguments, [[{ name: "large", code: "upload.too-large", message: "“large” is larger than 1 B." }]]);
  await net.last.answer({});
  await choose("docs", file("b"));
  await net.last.answer({});
  await choose("docs", file("b"));
  await settle();
  assert.deepEqual(net.sent.map(({ call }) => call.capability), ["came", "refused", "came"]);
});
