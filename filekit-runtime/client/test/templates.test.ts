/**
 * Copies of templates: what is shown, and with which steps it comes about.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { staying } from "../src/patch/order.ts";
import { changed, uploadState } from "../src/page/page.ts";
import { refresh } from "../src/act/view.ts";
import { attribute, choose, file, find, frame, list, open, randomNumbers, settle, showBody, texts, zone } from "./harness.ts";

const FILES = ["selected_files", "docs"];

/** Watches a list and tells how many rows were put in or taken out since; a move is both. */
function steps(): () => { added: number; removed: number } {
  const records: MutationRecord[] = [];
  const observer = new MutationObserver((some) => void records.push(...some));
  observer.observe(find("ul"), { childList: true });
  return () => {
    records.push(...observer.takeRecords());
    const count = (side: "addedNodes" | "removedNodes"): number => records.reduce((sum, record) => sum + record[side].length, 0);
    return { added: count("addedNodes"), removed: count("removedNodes") };
  };
}

test("rows appear after their template, and keep their elements", async () => {
  const { page } = open(zone("docs") + list(FILES, "name"));
  await choose("docs", file("a"), file("b"), file("c"));
  assert.deepEqual(texts("li"), ["a", "b", "c"]);
  const [a, , c] = document.querySelectorAll("li");
  const since = steps();
  const state = uploadState(page, "docs");
  state.files = state.files.filter(({ name }) => name !== "b");
  changed(page);
  frame();
  assert.deepEqual(since(), { added: 0, removed: 1 });
  assert.deepEqual(Array.from(document.querySelectorAll("li")), [a, c]);
});

test("adding takes one step per new row", async () => {
  open(zone("docs") + list(FILES, "name"));
  await choose("docs", file("a"), file("b"));
  const since = steps();
  await choose("docs", file("c"));
  assert.deepEqual(since(), { added: 1, removed: 0 });
});

test("a row that goes to the front is the only one that moves", async () => {
  const { page } = open(zone("docs") + list(FILES, "name"));
  await choose("docs", file("a"), file("b"), file("c"));
  const since = steps();
  const state = uploadState(page, "docs");
  state.files = [state.files[2]!, state.files[0]!, state.files[1]!];
  changed(page);
  frame();
  assert.deepEqual(texts("li"), ["c", "a", "b"]);
  assert.deepEqual(since(), { added: 1, removed: 1 });
});

test("any sequence of lists is shown, and no row is made twice", async () => {
  const { page } = open(`${zone("docs")}<ul><template ${attribute("data-filekit-for", FILES)} data-filekit-depth="1">
    <template ${attribute("data-filekit-if", ["get", ["item", 1], "error"])}><li class="error"></li></template>
    <li><span ${attribute("data-filekit-text", ["get", ["item", 1], "name"])}></span></li></template><li class="last">end</li></ul>`);
  await choose("docs", ...Array.from({ length: 12 }, (_, index) => file(`f${index}`)));
  const all = uploadState(page, "docs").files;
  const elements = new Map<string, Element>();
  const random = randomNumbers(7);
  for (let round = 0; round < 200; round += 1) {
    const keys = new Map(all.map((item) => [item, random(1000)]));
    const next = all.filter(() => random(3) > 0).sort((a, b) => keys.get(a)! - keys.get(b)!);
    for (const item of next) item.error = random(2) === 0 ? "" : "bad";
    if (round % 10 === 0) elements.clear();
    uploadState(page, "docs").files = round % 10 === 9 ? [] : next;
    changed(page);
    frame();
    const wanted = uploadState(page, "docs").files.flatMap(({ name, error }) => (error ? ["", name] : [name]));
    assert.deepEqual(texts("li"), [...wanted, "end"]);
  }
});

test("conditions choose a branch, and branches nest", async () => {
  const has = attribute("data-filekit-if", ["has_selection", "docs"]);
  const two = attribute("data-filekit-if", ["not", ["literal", false]]);
  open(`${zone("docs")}<p><template ${has}>some <template ${two}><b>two</b></template></template><template data-filekit-else>none</template> after</p>`);
  assert.equal(find("p").textContent, "none after");
  await choose("docs", file("a"));
  assert.equal(find("p").textContent, "some two after");
});

test("loops nest", async () => {
  const inner = attribute("data-filekit-text", ["get", ["item", 2], "name"]);
  const outer = attribute("data-filekit-text", ["get", ["item", 1], "name"]);
  open(`${zone("docs")}<div><template ${attribute("data-filekit-for", FILES)} data-filekit-depth="1"><template ${attribute("data-filekit-for", FILES)} data-filekit-depth="2"><i><b ${outer}></b><b ${inner}></b></i></template></template></div>`);
  await choose("docs", file("a"), file("b"));
  assert.deepEqual(texts("i"), ["aa", "ab", "ba", "bb"]);
});

const each = (expr: unknown, depth: number, row: string): string => `<template ${attribute("data-filekit-for", expr)} data-filekit-depth="${depth}">${row}</template>`;
const when = (expr: unknown, then: string, otherwise = ""): string => `<template ${attribute("data-filekit-if", expr)}>${then}</template><template data-filekit-else>${otherwise}</template>`;
const field = (depth: number, name: string): unknown => ["get", ["item", depth], name];
const say = (expr: unknown): string => `<b ${attribute("data-filekit-text", expr)}></b>`;

test("an `else` that a patch keeps goes on with the condition of the `if` that is new", async () => {
  const body = (id: string): string => `${zone("docs")}${zone("more")}<p>${when(["has_selection", id], "some", "none")}</p>`;
  const { page } = open(body("docs"));
  await choose("docs", file("a"));
  const otherwise = find("[data-filekit-else]");
  showBody(page, body("more"));
  assert.equal(find("[data-filekit-else]"), otherwise);
  assert.deepEqual(texts("p"), ["none"]);
  await choose("more", file("b"));
  assert.deepEqual(texts("p"), ["some"]);
  showBody(page, body("docs").replace(/<p>.*<template/, "<p><template"));
  assert.deepEqual(texts("p"), [""], "an `else` alone has no condition");
});

test("loops and conditions nest in any way, with what follows the items of both, also when a patch moves them", async () => {
  const failed = field(1, "error");
  const isLarge = ["and", ["not", failed], ["or", field(2, "path"), ["literal", false]]];
  const cell = `<i ${attribute("data-filekit-attribute-title", field(2, "mime"))} ${attribute("data-filekit-attribute-hidden", ["not", ["not", failed]])}>${say(field(1, "name"))}${say(field(2, "name"))}</i>`;
  const table = each(FILES, 1, `${when(failed, `<u>${say(failed)}</u>`, each(["selected_files", "more"], 2, when(isLarge, cell, "<s></s>")))}<hr>`);
  const { page } = open(zone("docs") + zone("more") + table);
  await choose("docs", file("a"), file("b"));
  await choose("more", file("x", "", { type: "text/x" }), file("y"));
  const wanted = (rows: string): void => {
    const shown = Array.from(document.querySelectorAll("i,u,s,hr"), (element) => element.textContent || element.localName);
    assert.equal(shown.join(" "), rows);
  };
  wanted("ax ay hr bx by hr");
  assert.deepEqual(Array.from(document.querySelectorAll("i"), ({ title, hidden }) => [title, hidden]), [["text/x", false], ["", false], ["text/x", false], ["", false]]);
  for (const body of [`<p>new</p>${table}${zone("more")}${zone("docs")}`, `${zone("more")}${zone("docs")}<p>last</p>${table}<p></p>`, `${table}${zone("docs")}${zone("more")}`]) {
    const first = document.querySelector("i");
    showBody(page, body);
    wanted("ax ay hr bx by hr");
    assert.equal(document.querySelector("i"), first);
    const [a] = uploadState(page, "docs").files;
    a!.error = "bad";
    refresh(page);
    wanted("bad hr bx by hr");
    a!.error = "";
    uploadState(page, "docs").files = uploadState(page, "docs").files.slice().reverse();
    refresh(page);
    wanted("bx by hr ax ay hr");
    uploadState(page, "docs").files = uploadState(page, "docs").files.slice().reverse();
    refresh(page);
    wanted("ax ay hr bx by hr");
  }
});

test("of two loops of one number the inner one wins, and outer ones of other numbers stay in reach", async () => {
  const inner = each(["selected_files", "more"], 1, `<i>${say(field(1, "name"))}${say(field(2, "name"))}${say(field(3, "name"))}</i>`);
  open(zone("docs") + zone("more") + each(FILES, 1, each(FILES, 2, `${inner}<u>${say(field(1, "name"))}</u>`)));
  await choose("docs", file("a"), file("b"));
  await choose("more", file("x"));
  assert.deepEqual(texts("i"), ["xa", "xb", "xa", "xb"]);
  assert.deepEqual(texts("u"), ["a", "a", "b", "b"]);
});

test("actions in nested rows have the items of all loops around them", async () => {
  const remove = (depth: number): string => `<button ${attribute("data-filekit-on-click", [{ action: "remove_file", file: ["item", depth] }])}></button>`;
  open(zone("docs") + zone("more") + each(FILES, 1, each(["selected_files", "more"], 2, `<i>${say(field(1, "name"))}${say(field(2, "name"))}${remove(1)}${remove(2)}</i>`)));
  await choose("docs", file("a"), file("b"));
  await choose("more", file("x"), file("y"));
  document.querySelectorAll("button")[3]!.click();
  frame();
  assert.deepEqual(texts("i"), ["ax", "bx"]);
  document.querySelectorAll("button")[0]!.click();
  frame();
  assert.deepEqual(texts("i"), ["bx"]);
});

test("texts and attributes follow their expressions", async () => {
  const has = ["has_selection", "docs"];
  open(`${zone("docs")}<button ${attribute("data-filekit-attribute-disabled", ["not", has])} ${attribute("data-filekit-attribute-title", ["literal", null])} title="x">b</button>
    <input id="copy" ${attribute("data-filekit-attribute-value", ["value_of", "typed"])}><input id="typed">`);
  const button = find<HTMLButtonElement>("button");
  assert.equal(button.disabled, true);
  assert.equal(button.hasAttribute("title"), false);
  await choose("docs", file("a"));
  assert.equal(button.disabled, false);
  find<HTMLInputElement>("#typed").value = "words";
  find("#typed").dispatchEvent(new Event("input", { bubbles: true }));
  await settle();
  assert.equal(find<HTMLInputElement>("#copy").value, "words");
});

test("a thousand files take one pass", async () => {
  open(zone("docs") + list(FILES, "name"));
  const files = Array.from({ length: 1000 }, (_, index) => file(`${index}.txt`, "x"));
  const since = steps();
  // Time of this process, so that a busy machine does not count.
  const before = process.cpuUsage();
  await choose("docs", ...files);
  // A browser is many times as fast as this DOM; what is caught here is a cost that grows with the square.
  assert.ok(process.cpuUsage(before).user < 2_000_000);
  assert.deepEqual(since(), { added: 1000, removed: 0 });
});

test("what stays is the longest run in order", () => {
  const random = randomNumbers(3);
  for (let round = 0; round < 300; round += 1) {
    const places = Array.from({ length: random(9) }, (_, index) => index).sort(() => random(3) - 1);
    const old = places.map((place) => (random(4) === 0 ? -1 : place));
    const stays = [...staying(old)].sort((a, b) => a - b).map((index) => old[index]!);
    assert.deepEqual(stays, [...stays].sort((a, b) => a - b));
    assert.ok(stays.every((place) => place >= 0));
    assert.equal(stays.length, longestByTrying(old.filter((place) => place >= 0)));
  }
});

function longestByTrying([first, ...rest]: readonly number[], above = -1): number {
  if (first === undefined) return 0;
  const without = longestByTrying(rest, above);
  return first > above ? Math.max(without, 1 + longestByTrying(rest, first)) : without;
}
