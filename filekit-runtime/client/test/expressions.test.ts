/**
 * Values of expressions; not how they get onto the page.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, uploadIds } from "../src/bind/expressions.ts";
import { type Scope, uploadState } from "../src/page/page.ts";
import { selectedFile } from "../src/upload/files.ts";
import { choose, file, open, zone } from "./harness.ts";

const CONTROLS = `
  <input id="text" value="abc"><input id="number" type="number" value="7"><input id="empty" type="number">
  <input id="box" type="checkbox" checked><textarea id="area">words</textarea>
  <select id="one"><option>a<option selected>b</select><select id="many" multiple><option selected>a<option selected>b</select>`;

test("logic and literals", () => {
  const { page } = open("");
  const value = (expr: unknown): unknown => evaluate(page, null, expr);
  const [yes, no] = [["literal", true], ["literal", 0]];
  assert.equal(value(["not", yes]), false);
  assert.deepEqual([yes, no].flatMap((a) => [yes, no].map((b) => value(["and", a, b]))), [true, false, false, false]);
  assert.deepEqual([yes, no].flatMap((a) => [yes, no].map((b) => value(["or", a, b]))), [true, true, true, false]);
  assert.deepEqual(value(["literal", { a: [1] }]), { a: [1] });
  assert.deepEqual([value(["is", ["literal", "a"], "a"]), value(["is", ["literal", "a"], "b"])], [true, false]);
});

test("form controls have the values that a form would send", () => {
  const { page } = open(CONTROLS);
  const value = (id: string): unknown => evaluate(page, null, ["value_of", id]);
  assert.equal(value("text"), "abc");
  assert.equal(value("number"), "7");
  assert.equal(value("empty"), "");
  assert.equal(value("box"), true);
  assert.equal(value("area"), "words");
  assert.equal(value("one"), "b");
  assert.deepEqual(value("many"), ["a", "b"]);
  assert.equal(value("absent"), null);
});

test("an upload is described before and after a selection", async () => {
  const { page } = open(zone("docs"));
  const value = (...expr: unknown[]): unknown => evaluate(page, null, expr);
  assert.deepEqual(value("selected_files", "docs"), []);
  assert.equal(value("has_selection", "docs"), false);
  await choose("docs", file("a.txt", "12345", { type: "text/plain" }));
  assert.equal(value("has_selection", "docs"), true);
  assert.equal(value("is_uploading", "docs"), false);
  assert.equal(value("is_dragging", "docs"), false);
  assert.deepEqual(value("rejected_files", "docs"), []);
  const first = (field: string): unknown => evaluate(page, itemScope((value("selected_files", "docs") as unknown[])[0]), ["get", ["item", 1], field]);
  assert.equal(first("name"), "a.txt");
  assert.equal(first("path"), "a.txt");
  assert.equal(first("size"), 5);
  assert.equal(first("size_text"), "5 B");
  assert.equal(first("mime"), "text/plain");
  assert.equal(first("status"), "selected");
  assert.equal(first("error"), "");
});

test("an upload that pauses, waits, or has files from before is described as such", () => {
  const { page } = open(zone("docs"));
  const value = (head: string): unknown => evaluate(page, null, [head, "docs"]);
  assert.deepEqual([value("is_paused"), value("is_waiting"), value("unfinished_files")], [false, false, []]);
  const unfinished = [{ ...selectedFile({ file: file("a.txt"), path: "in/a.txt" }), status: "unfinished", progress: 40 } as const];
  Object.assign(uploadState(page, "docs"), { isPaused: true, isWaiting: true, unfinished });
  assert.deepEqual([value("is_paused"), value("is_waiting"), value("unfinished_files")], [true, true, unfinished]);
});

test("items of outer loops are found by depth", () => {
  const { page } = open("");
  const scope: Scope = { depth: 2, item: { n: "inner" }, outer: itemScope({ n: "outer" }) };
  assert.equal(evaluate(page, scope, ["get", ["item", 1], "n"]), "outer");
  assert.equal(evaluate(page, scope, ["get", ["item", 2], "n"]), "inner");
  assert.equal(evaluate(page, scope, ["get", ["item", 3], "n"]), null);
});

test("inherited fields and unknown heads are null, and the latter is reported", () => {
  const { page } = open("");
  const codes: string[] = [];
  document.addEventListener("filekit:report", (event) => codes.push((event as CustomEvent<{ code: string }>).detail.code));
  assert.equal(evaluate(page, null, ["get", ["literal", {}], "constructor"]), null);
  assert.deepEqual(codes, []);
  assert.equal(evaluate(page, null, ["toString"]), null);
  assert.equal(evaluate(page, null, "text"), null);
  assert.deepEqual(codes, ["client.bad-page", "client.bad-page"]);
});

test("uploads among arguments", () => {
  assert.deepEqual(uploadIds([["literal", 1], ["upload_files", "a"], ["upload_files", "b"]]), ["a", "b"]);
});

function itemScope(item: unknown): Scope {
  return { depth: 1, item, outer: null };
}
