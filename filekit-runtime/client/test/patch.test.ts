/**
 * Patches: the page becomes what the server says, in few steps, and visitors lose nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { refresh } from "../src/act/view.ts";
import { attribute, choose, file, find, list, open, patch, randomNumbers, sendButton, showBody, texts, zone } from "./harness.ts";

const FILES = ["selected_files", "docs"];

/** Counts the nodes put in and taken out while something happens. */
function steps(change: () => void): { added: number; removed: number } {
  const observer = new MutationObserver(() => undefined);
  observer.observe(find("#filekit"), { childList: true, subtree: true });
  change();
  const records = observer.takeRecords();
  const count = (side: "addedNodes" | "removedNodes"): number => records.reduce((sum, record) => sum + record[side].length, 0);
  return { added: count("addedNodes"), removed: count("removedNodes") };
}

const rows = (...names: string[]): string => `<ul>${names.map((name) => `<li>${name}</li>`).join("")}</ul><p>end</p>`;

test("a row more is one step, wherever it is", () => {
  for (const after of [rows("x", "a", "b", "c"), rows("a", "x", "b", "c"), rows("a", "b", "c", "x")]) {
    const { root } = open(rows("a", "b", "c"));
    const before = Array.from(document.querySelectorAll("li"));
    assert.deepEqual(steps(() => patch(root, after)), { added: 1, removed: 0 });
    assert.equal(root.innerHTML, after);
    assert.deepEqual(Array.from(document.querySelectorAll("li")).filter(({ textContent }) => textContent !== "x"), before);
  }
});

test("a row less is one step", () => {
  const { root } = open(rows("a", "b", "c"));
  assert.deepEqual(steps(() => patch(root, rows("a", "c"))), { added: 0, removed: 1 });
});

test("elements with ids move with what they hold", () => {
  const field = (id: string): string => `<label>${id} <input id="${id}"></label>`;
  const { root } = open(field("a") + field("b") + field("c"));
  find<HTMLInputElement>("#c").value = "typed";
  const kept = find("#c");
  assert.deepEqual(steps(() => patch(root, field("c") + field("a") + field("b"))), { added: 1, removed: 1 });
  assert.equal(find("#c"), kept);
  assert.equal(find<HTMLInputElement>("#c").value, "typed");
});

test("any tree becomes any other", () => {
  const { root } = open("");
  for (let seed = 1; seed <= 300; seed += 1) {
    const after = tree(randomNumbers(seed), 3, `t${seed}`);
    const fresh = document.createElement("main");
    fresh.innerHTML = after;
    patch(root, after);
    assert.equal(root.innerHTML, fresh.innerHTML, `seed ${seed}`);
  }
});

test("any page with templates is the same patched and fresh, and has each copy once", async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = randomNumbers(seed);
    const [before, after] = [withTemplates(random), withTemplates(random)];
    const fresh = open(after);
    await choose("docs", file("a"), file("b"));
    const expected = fresh.root.innerHTML;
    const { page, root } = open(before);
    await choose("docs", file("a"), file("b"));
    showBody(page, after);
    assert.equal(root.innerHTML, expected, `seed ${seed}`);
    showBody(page, after);
    refresh(page);
    assert.equal(root.innerHTML, expected, `seed ${seed}, again`);
  }
});

test("the focus, the caret and half a word stay, also when the field moves", () => {
  const form = (more: string, placeholder: string): string => `${more}<form><input id="name" value="old" placeholder="${placeholder}"></form>`;
  const { page } = open(form("", "a"));
  const input = find<HTMLInputElement>("#name");
  input.focus();
  input.value = "half";
  input.setSelectionRange(1, 3);
  showBody(page, form("<p>new</p><p>newer</p>", "b"));
  showBody(page, `<div>${form("", "c")}</div>`.replace('value="old"', 'value="server"'));
  showBody(page, form("", "d"));
  const now = find<HTMLInputElement>("#name");
  assert.equal(document.activeElement, now);
  assert.equal(now.placeholder, "d");
});

test("in place, nothing of a half-typed field changes", () => {
  const { page } = open('<p>a</p><input id="name" value="old">');
  const input = find<HTMLInputElement>("#name");
  input.focus();
  input.value = "half";
  input.setSelectionRange(1, 3);
  showBody(page, '<h1>t</h1><p>b</p><i></i><input id="name" value="server">');
  assert.equal(find("#name"), input);
  assert.deepEqual([document.activeElement, input.value, input.selectionStart, input.selectionEnd], [input, "half", 1, 3]);
});

test("a focused control that the server removed leaves the focus to its neighbour", () => {
  const buttons = (...names: string[]): string => names.map((name) => `<li><button>${name}</button></li>`).join("");
  const { page } = open(buttons("a", "b", "c"));
  find("li:nth-of-type(3) button").focus();
  showBody(page, buttons("a", "b"));
  assert.equal(document.activeElement?.textContent, "b");
  showBody(page, "<p>none</p>");
  assert.equal(document.activeElement?.textContent, "none");
});

test("values change when the server's did, and else are the visitor's", () => {
  const controls = (value: string, checked: string, chosen: string): string => `<input id="t" value="${value}"><input id="c" type="checkbox" ${checked}>
    <textarea id="a">${value}</textarea><select id="s"><option>x</option><option${chosen}>y</option></select><details id="d"><summary>s</summary></details>`;
  const { page } = open(controls("1", "", ""));
  const read = (): unknown[] => [
    find<HTMLInputElement>("#t").value, find<HTMLInputElement>("#c").checked, find<HTMLTextAreaElement>("#a").value,
    find<HTMLSelectElement>("#s").value, find<HTMLDetailsElement>("#d").open,
  ];
  find<HTMLInputElement>("#t").value = "mine";
  find<HTMLInputElement>("#c").checked = true;
  find<HTMLTextAreaElement>("#a").value = "mine";
  find<HTMLDetailsElement>("#d").open = true;
  showBody(page, controls("1", "", ""));
  assert.deepEqual(read(), ["mine", true, "mine", "x", true]);
  find<HTMLInputElement>("#c").checked = false;
  showBody(page, controls("2", "checked", " selected"));
  assert.deepEqual(read(), ["2", true, "2", "y", true]);
});

test("no field inherits what was typed into another", () => {
  const { page } = open('<input name="a"><input id="x">');
  for (const input of document.querySelectorAll("input")) input.value = "secret";
  showBody(page, '<input name="b"><input id="y" type="text">');
  assert.deepEqual(Array.from(document.querySelectorAll("input"), ({ value }) => value), ["", ""]);
});

test("a choice goes along with its option", () => {
  const choices = (...values: string[]): string => `<select>${values.map((value) => `<option value="${value}">${value}</option>`).join("")}</select>`;
  const { root } = open(choices("1", "2", "3"));
  find<HTMLSelectElement>("select").value = "3";
  for (const after of [choices("2", "3", "1"), choices("0", "2", "3"), choices("3")]) {
    patch(root, after);
    assert.equal(root.innerHTML, after);
    assert.equal(find<HTMLSelectElement>("select").value, "3");
  }
});

test("a button that needs no form any more keeps the focus", () => {
  const { page } = open('<p></p><button type="submit" formaction="/call" name="call" value="1">Send</button>');
  const button = find("button");
  button.focus();
  showBody(page, "<p>Sent</p><button>Send</button>");
  assert.equal(find("button"), button);
  assert.equal(document.activeElement, button);
});

test("selected files, their rows and the zone's state survive", async () => {
  const body = (title: string): string => `<h1>${title}</h1>${zone("docs", "Drop")}${list(FILES, "name")}${sendButton("docs")}`;
  const { page } = open(body("a"));
  await choose("docs", file("a"), file("b"));
  find(".fk-upload").focus();
  const [first] = document.querySelectorAll("li");
  showBody(page, body("b"));
  assert.equal(find("h1").textContent, "b");
  assert.deepEqual(texts("li"), ["a", "b"]);
  assert.equal(document.querySelector("li"), first);
  assert.equal(find(".fk-upload").getAttribute("role"), "button");
  assert.equal(document.activeElement, find(".fk-upload"));
});

test("new templates and bindings come to life, old ones go with their copies", async () => {
  const { page } = open(zone("docs") + list(FILES, "name"));
  await choose("docs", file("a"));
  showBody(page, `${zone("docs")}${list(FILES, "status")}<b ${attribute("data-filekit-text", ["get", ["get", ["literal", { x: { y: 1 } }], "x"], "y"])}></b>`);
  assert.deepEqual(texts("li"), ["selected"]);
  assert.equal(find("b").textContent, "1");
  showBody(page, zone("docs"));
  assert.deepEqual(texts("li"), []);
});

test("scripts in the markup do not run", () => {
  const { page } = open("");
  showBody(page, "<script>globalThis.ran = true</script><img src=x onerror='globalThis.ran = true'>");
  assert.equal("ran" in globalThis, false);
});

/** Random markup; `name` makes ids that come again in the next tree and texts that do not. */
function tree(random: (below: number) => number, depth: number, name: string): string {
  const tags = ["div", "p", "ul", "b", "input", "details"];
  const used = new Set<number>();
  const node = (level: number): string => {
    if (random(4) === 0) return `${name}${random(3)} `;
    const tag = tags[random(tags.length)] ?? "p";
    const id = random(12);
    const own = random(3) === 0 && !used.has(id) ? ` id="i${id}"` : "";
    if (own) used.add(id);
    const more = ["", ' class="k"', ` title="${name}"`, " open", " hidden"][random(5)] ?? "";
    if (tag === "input") return `<input${own}${more}>`;
    const children = level > 0 ? Array.from({ length: random(5) }, () => node(level - 1)) : [];
    return `<${tag}${own}${more}>${children.join("")}</${tag}>`;
  };
  return Array.from({ length: random(6) }, () => node(depth)).join("");
}

/** A zone, and around it a random choice of templates, one within another, and plain markup. */
function withTemplates(random: (below: number) => number): string {
  const name = attribute("data-filekit-text", ["get", ["item", 1], "name"]);
  const nested = `<template ${attribute("data-filekit-if", ["has_selection", "docs"])}><u>yes</u></template><template data-filekit-else><u>no</u></template>`;
  const pieces = [
    "<p>text</p>",
    `<p>${random(3)}</p>`,
    list(FILES, "name"),
    `<template ${attribute("data-filekit-for", FILES)} data-filekit-depth="1">${nested}<i ${name}></i></template>`,
    nested,
    `<template ${attribute("data-filekit-if", ["not", ["has_selection", "docs"]])}>empty</template>`,
    `<div>${nested}<b>${random(2)}</b></div>`,
    `<b ${attribute("data-filekit-attribute-title", ["has_selection", "docs"])}></b>`,
  ];
  const chosen = Array.from({ length: random(7) }, () => pieces[random(pieces.length)] ?? "");
  chosen.splice(random(chosen.length + 1), 0, zone("docs"));
  return chosen.join("");
}
