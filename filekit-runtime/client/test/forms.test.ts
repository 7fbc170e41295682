/**
 * Forms and the events of their fields: when actions run, what is sent, and what becomes of what visitors wrote.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { attribute, choose, click, file, find, list, open, settle, texts, zone } from "./harness.ts";

const on = (type: string, ...actions: object[]): string => attribute(`data-filekit-on-${type}`, actions);
const event = (name: string, ...args: unknown[]): object => ({ event: name, arguments: args });

const FIELDS = `<input id="title" name="title" value="" required><input id="count" type="number" value="2"><input id="public" type="checkbox" checked>
  <input id="a" name="kind" type="radio" value="a"><input id="b" name="kind" type="radio" value="b" checked>
  <select id="tags" multiple><option value="x" selected>X</option><option value="y">Y</option><option selected>z</option></select><textarea id="note">n</textarea>`;
const IDS = ["title", "count", "public", "a", "b", "tags", "note"];
const values = IDS.map((id) => ["value_of", id]);

function form(fields = FIELDS, more = "multiple"): string {
  return `<form id="form" ${on("submit", event("send", ...values, ["upload_files", "docs"]))}>${fields}${zone("docs", "Drop", more)}<button id="save">Save</button></form>`;
}

test("one button sends fields and files together", async () => {
  const { net } = open(form() + list(["selected_files", "docs"], "name"));
  find<HTMLInputElement>("#title").value = "Holiday";
  await choose("docs", file("a"), file("b"));
  await click("#save");
  assert.equal(find("#save").getAttribute("aria-busy"), "true");
  assert.equal(find("#form").hasAttribute("aria-busy"), false);
  await click("#save");
  assert.equal(net.sent.length, 1);
  assert.deepEqual(net.last.call.arguments, ["Holiday", "2", true, false, true, ["x", "z"], "n", null]);
  assert.deepEqual(net.last.files, ["docs=a", "docs=b"]);
  await net.last.answer({});
  assert.deepEqual([texts("li"), find("#save").hasAttribute("aria-busy")], [[], false]);
  assert.equal(find<HTMLInputElement>("#title").value, "Holiday");
});

test("a form is cleared by the reply that says so: fields, selections and refusals, however its controls are named", async () => {
  const fields = FIELDS.replace("required", "") + `<input id="reset" name="reset">`;
  const { net } = open(form(fields) + list(["selected_files", "docs"], "name"));
  find<HTMLInputElement>("#title").value = "Holiday";
  find<HTMLInputElement>("#count").value = "7";
  find<HTMLInputElement>("#public").checked = false;
  find<HTMLTextAreaElement>("#note").value = "typed";
  await click("#save");
  await choose("docs", file("a"));
  await net.last.answer({ actions: [{ action: "clear_form", id: "form" }] });
  const held = ["#title", "#count", "#note"].map((id) => find<HTMLInputElement>(id).value);
  assert.deepEqual([held, find<HTMLInputElement>("#public").checked, texts("li")], [["", "2", "n"], true, []]);
});

test("what the browser does not accept is not sent", async () => {
  const { net } = open(form());
  await click("#save");
  assert.equal(net.sent.length, 0);
  find<HTMLInputElement>("#title").value = "t";
  await click("#save");
  assert.equal(net.sent.length, 1);
});

test("a form lacks files until some are selected, and says so, since its input is hidden", async () => {
  const body = `${form("", "required")}<button id="clear" ${on("click", { action: "clear_selected_files", id: "docs" })}></button>`;
  const { net } = open(body);
  await click("#save");
  assert.deepEqual([net.sent.length, document.querySelectorAll("[role=alert]").length], [0, 1]);
  await choose("docs", file("a"));
  await click("#save");
  assert.equal(net.sent.length, 1);
  await net.last.answer({ body: body.replace("Drop", "Drop more") });
  await click("#save");
  assert.equal(net.sent.length, 1);
  await choose("docs", file("a"));
  await click("#clear");
  await click("#save");
  assert.equal(net.sent.length, 1);
});

test("after a form was sent, fields change only where the server's markup did", async () => {
  const fields = (title: string, note: string): string => `<input id="title" value="${title}"><textarea id="note">${note}</textarea><select id="tags"><option>x</option><option>y</option></select>`;
  const { net } = open(form(fields("", "old")));
  find<HTMLInputElement>("#title").value = "typed";
  find<HTMLTextAreaElement>("#note").value = "mine";
  find<HTMLSelectElement>("#tags").value = "y";
  await click("#save");
  await net.last.answer({ body: form(fields("", "new")) });
  const now = (): string[] => ["title", "note", "tags"].map((id) => find<HTMLInputElement>(`#${id}`).value);
  assert.deepEqual(now(), ["typed", "new", "y"]);
  assert.equal(find<HTMLInputElement>("#title").defaultValue, "");
});

test("a form that was sent by a key, or by script, is busy too", async () => {
  const { net } = open(form(""));
  find<HTMLFormElement>("#form").requestSubmit();
  await settle();
  assert.equal(find("#form").getAttribute("aria-busy"), "true");
  await net.last.answer({});
  assert.equal(find("#form").hasAttribute("aria-busy"), false);
});

test("events that bubble find the nearest element with actions, others only their own", async () => {
  const direct = ["focus", "blur", "mouseenter", "scroll", "toggle", "load"];
  const bubbling = ["change", "input", "keydown", "focusin", "reset"];
  const attributes = [...direct, ...bubbling].map((type) => on(type, event(type))).join(" ");
  const { net } = open(`<div ${attributes}><p><input id="field"></p></div><i ${attributes}><input id="own" ${direct.map((type) => on(type, event(`own-${type}`))).join(" ")}></i>`);
  const sent = async (selector: string, types: readonly string[], bubbles: boolean): Promise<string[]> => {
    const from = net.sent.length;
    for (const type of types) {
      find(selector).dispatchEvent(new Event(type, { bubbles }));
      await settle();
      if (net.sent.length > from) await net.last.answer({});
    }
    return net.sent.slice(from).map(({ call }) => call.capability);
  };
  assert.deepEqual(await sent("#field", bubbling, true), bubbling);
  assert.deepEqual(await sent("#field", direct, false), []);
  assert.deepEqual(await sent("#own", direct, false), direct.map((type) => `own-${type}`));
});

test("a key is sent with what the field holds, and the browser goes on with it", async () => {
  const { net } = open(`<input id="field" value="x" ${on("keydown", event("key", ["value_of", "field"]))}>`);
  const key = new KeyboardEvent("keydown", { key: "a", bubbles: true, cancelable: true });
  assert.equal(find("#field").dispatchEvent(key), true);
  await settle();
  assert.deepEqual(net.last.call.arguments, ["x"]);
});
