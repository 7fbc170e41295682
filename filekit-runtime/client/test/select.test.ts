/**
 * Selections: what choosing, dropping and pasting files does to them, and what zones do for mouse and keyboard.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadState } from "../src/page/page.ts";
import { attribute, choose, click, file, find, list, onClick, open, scrollTo, settle, showBody, texts, zone } from "./harness.ts";

const NAMES = list(["selected_files", "docs"], "path");
const CLEAR = `<button id="clear" ${onClick({ action: "clear_selected_files", id: "docs" })}>Clear</button>`;

/** Sends an event with data of a drag or of the clipboard, and tells whether the browser may still act on it. */
function send(type: string, target: Element, data: object): boolean {
  const key = type === "paste" ? "clipboardData" : "dataTransfer";
  const event = Object.assign(new Event(type, { bubbles: true, cancelable: true }), { [key]: { types: ["Files"], items: [], files: [], ...data } });
  return target.dispatchEvent(event);
}

/** Counts how often the file dialog would open. */
function dialogs(id: string): () => number {
  let count = 0;
  find<HTMLInputElement>(`#${id}`).click = () => void (count += 1);
  return () => count;
}

test("choosing again adds, and drops doubles", async () => {
  open(zone("docs") + NAMES);
  await choose("docs", file("a"), file("b"));
  await choose("docs", file("b"), file("c"), file("c"));
  assert.deepEqual(texts("li"), ["a", "b", "c"]);
  await choose("docs", file("a", "other"), file("b", "b", { lastModified: 2 }));
  assert.deepEqual(texts("li"), ["a", "b", "c", "a", "b"]);
});

test("files of the same name, size and time are two, if they begin or end in another way", async () => {
  const long = (first: string, middle: string, last: string): File => file("a", first + " ".repeat(1500) + middle + " ".repeat(1500) + last);
  open(zone("docs") + NAMES);
  await choose("docs", file("a", "one"));
  await choose("docs", file("a", "two"), long("1", "x", "1"));
  assert.deepEqual(texts("li"), ["a", "a", "a"]);
  await choose("docs", long("1", "x", "2"), long("2", "x", "1"));
  assert.equal(texts("li").length, 5);
  assert.equal(document.querySelector(".fk-toast"), null);
  await choose("docs", file("a", "two"), long("1", "y", "1"), file("b"));
  assert.deepEqual(texts("li"), ["a", "a", "a", "a", "a", "b"]);
  assert.deepEqual(texts(".fk-toast"), ["“a” is already selected."]);
});

test("what is already selected is said once for each name, of many for some, and not to be a mistake", async () => {
  open(zone("docs") + NAMES);
  const files = Array.from({ length: 300 }, (_, index) => file(`${index}`));
  await choose("docs", ...files);
  await choose("docs", ...files);
  assert.deepEqual(texts("li").length, 300);
  assert.deepEqual(texts(".fk-toast").map((each) => each.split("\n").slice(4)), [["“4” is already selected.", "and 295 more"]]);
  assert.equal(find(".fk-toast").dataset["kind"], "info");
});

test("files that cannot be compared are different", async () => {
  open(zone("docs") + NAMES);
  await choose("docs", file("a"));
  await choose("docs", Object.assign(file("a"), { arrayBuffer: () => Promise.reject(new Error("gone")) }));
  assert.deepEqual(texts("li"), ["a", "a"]);
});

test("what is dragged from the page itself is not for a zone", async () => {
  open(`<img id="picture"><p id="text">text</p>${zone("docs")}${NAMES}`);
  const area = find(".fk-upload");
  const picture = { files: [file("picture.png")] };
  find("#picture").dispatchEvent(new Event("dragstart", { bubbles: true }));
  send("dragenter", area, picture);
  await settle();
  assert.equal(area.hasAttribute("data-filekit-dragging"), false);
  assert.deepEqual([send("dragover", area, picture), send("drop", area, picture)], [true, true]);
  find("#picture").dispatchEvent(new Event("dragend", { bubbles: true }));
  await settle();
  assert.deepEqual(texts("li"), []);
  send("drop", area, { files: [file("a")] });
  await settle();
  // Of a picture that was taken away while it was dragged, nobody hears when that ends.
  find("#picture").dispatchEvent(new Event("dragstart", { bubbles: true }));
  find("#picture").remove();
  send("drop", area, { files: [file("b")] });
  await settle();
  assert.deepEqual(texts("li"), ["a", "b"]);
});

test("after a clear the same file can be chosen again", async () => {
  open(zone("docs") + NAMES + CLEAR);
  await choose("docs", file("a"));
  assert.equal(find<HTMLInputElement>("#docs").files?.length, 0);
  await click("#clear");
  assert.deepEqual(texts("li"), []);
  await choose("docs", file("a"));
  assert.deepEqual(texts("li"), ["a"]);
});

test("one file can be removed, by its row", async () => {
  const remove = `<button ${onClick({ action: "remove_file", file: ["item", 1] })}>x</button>`;
  open(zone("docs") + NAMES.replace("</li>", `${remove}</li>`));
  await choose("docs", file("a"), file("b"), file("c"));
  find("li:nth-of-type(2) button").focus();
  await click("li:nth-of-type(2) button");
  assert.deepEqual(texts("li span"), ["a", "c"]);
  assert.equal(document.activeElement?.parentElement?.textContent, "cx");
});

test("where only one file is allowed, the new one replaces the old one and the rest is refused", async () => {
  const { page } = open(zone("docs", "", "") + NAMES + list(["rejected_files", "docs"], "name"));
  await choose("docs", file("a"));
  await choose("docs", file("b"), file("c"));
  assert.deepEqual(texts("li"), ["b", "c"]);
  assert.deepEqual(uploadState(page, "docs").files.map(({ name }) => name), ["b"]);
  assert.equal(uploadState(page, "docs").rejected[0]?.code, "upload.too-many-files");
  assert.equal(find("[role=status]").textContent, "Too many files: at most 1 can be sent.\n1 file selected");
});

test("previews are made when they are shown, for images only, and given back", async () => {
  const made: string[] = [];
  const revoked: string[] = [];
  const { page } = open(zone("docs") + CLEAR);
  URL.createObjectURL = (blob) => `blob:${made.push((blob as File).name)}`;
  URL.revokeObjectURL = (url) => void revoked.push(url);
  await choose("docs", file("a.png", "", { type: "image/png" }), file("b.svg", "", { type: "image/svg+xml" }), file("c.png", "", { type: "image/png" }));
  const [a, b] = uploadState(page, "docs").files;
  assert.deepEqual(made, []);
  assert.deepEqual([a?.preview_url, a?.preview_url, b?.preview_url], ["blob:1", "blob:1", ""]);
  await click("#clear");
  assert.deepEqual([made, revoked], [["a.png"], ["blob:1"]]);
  assert.equal(a?.preview_url, "");
});

test("an image asks for its address when it comes near the screen, and is decoded beside other work", async () => {
  const made: string[] = [];
  URL.createObjectURL = (blob) => `blob:${made.push((blob as File).name)}`;
  URL.revokeObjectURL = () => undefined;
  const row = `<li><img ${attribute("data-filekit-attribute-src", ["get", ["item", 1], "preview_url"])}></li>`;
  open(`${zone("docs")}<ul><template ${attribute("data-filekit-for", ["selected_files", "docs"])} data-filekit-depth="1">${row}</template></ul>${CLEAR}`);
  await choose("docs", ...Array.from({ length: 9 }, (_, index) => file(`${index}.png`, "", { type: "image/png" })));
  const images = Array.from(document.querySelectorAll("img"));
  assert.deepEqual([made, images[0]?.hasAttribute("src")], [[], false]);
  assert.deepEqual(scrollTo(images[1]!, images[2]!), [true, true]);
  assert.deepEqual([made, images[1]?.src, images[2]?.decoding], [["1.png", "2.png"], "blob:1", "async"]);
  assert.deepEqual(scrollTo(images[1]!, images[3]!), [false, true]);
  assert.deepEqual(made, ["1.png", "2.png", "3.png"]);
});

test("rows far down a list are marked for stylesheets", async () => {
  open(zone("docs") + NAMES);
  await choose("docs", ...Array.from({ length: 210 }, (_, index) => file(`${index}`)));
  assert.deepEqual([document.querySelectorAll("li").length, document.querySelectorAll("li[data-filekit-far]").length], [210, 10]);
});

test("system files are left out, however they come", async () => {
  open(zone("docs") + NAMES);
  await choose("docs", file(".DS_Store"), file("a"), file("Thumbs.db"), file("desktop.ini"), file("DS_Store"));
  assert.deepEqual(texts("li"), ["a", "DS_Store"]);
  send("drop", find(".fk-upload"), { files: [file(".DS_Store"), file("b")] });
  await settle();
  send("paste", find(".fk-upload"), { files: [file("thumbs.db"), file("c")] });
  await settle();
  assert.deepEqual(texts("li"), ["a", "DS_Store", "b", "c"]);
});

test("of a dropped folder, what cannot be read is told and the rest is taken", async () => {
  const { page } = open(zone("docs") + NAMES);
  const entry = (name: string, read: (done: (file: File) => void, failed: (error: Error) => void) => void): object => ({ isDirectory: false, name, fullPath: `/d/${name}`, file: read });
  const children = [entry("gone", (_, failed) => failed(new Error("gone"))), entry("there", (done) => done(file("there")))];
  const folder = { isDirectory: true, name: "d", fullPath: "/d", createReader: () => ({ readEntries: (done: (some: object[]) => void) => done(children.splice(0)) }) };
  send("drop", find(".fk-upload"), { items: [{ kind: "file", webkitGetAsEntry: () => folder }] });
  await settle();
  assert.deepEqual(texts("li"), ["d/there"]);
  assert.deepEqual(uploadState(page, "docs").rejected, [{ name: "gone", code: "client.unreadable", message: "“gone” could not be read." }]);
});

test("a folder that cannot be read without the second script is told", async () => {
  open(zone("docs") + NAMES, "", { transfer: false });
  const folder = { isDirectory: true, name: "d", fullPath: "/d", createReader: () => ({ readEntries: (done: (some: object[]) => void) => done([]) }) };
  send("drop", find(".fk-upload"), { items: [{ kind: "file", webkitGetAsEntry: () => folder }] });
  await settle();
  assert.match(find("[role=alert] p").textContent ?? "", /could not be loaded/);
});

test("who removes a file hears how many are left", async () => {
  const remove = `<button ${onClick({ action: "remove_file", file: ["item", 1] })}>x</button>`;
  open(zone("docs") + NAMES.replace("</li>", `${remove}</li>`));
  await choose("docs", file("a"), file("b"));
  await click("li button");
  assert.equal(find("[role=status]").textContent, "1 file selected");
  await click("li button");
  assert.equal(find("[role=status]").textContent, "No files selected");
});

test("a zone is used as its options say", async () => {
  const inside = `<button id="pick">Pick</button>`;
  open(zone("click", inside, "multiple", { options: { no_click: true } }) + zone("keys", "Drop", "", { options: { no_keyboard: true } })
    + zone("drag", "", "multiple", { options: { no_drag: true } }) + zone("paste", "", "multiple", { options: { paste: false } }));
  const [noClick, noKeys, noDrag, noPaste] = Array.from(document.querySelectorAll<HTMLElement>(".fk-upload")) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const clicked = dialogs("click");
  noClick.click();
  await click("#pick");
  assert.equal(clicked(), 1);
  const keyed = dialogs("keys");
  noKeys.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  assert.deepEqual([keyed(), noKeys.hasAttribute("tabindex"), noKeys.hasAttribute("role")], [0, false, false]);
  send("dragenter", noDrag, {});
  await settle();
  assert.equal(noDrag.hasAttribute("data-filekit-dragging"), false);
  assert.equal(send("drop", noDrag, { files: [file("a")] }), false);
  assert.equal(send("paste", noPaste, { files: [file("a")] }), true);
  await settle();
  assert.equal(find("[role=status]").textContent, "");
});

test("a zone that takes no paste is none to choose from", async () => {
  open(zone("docs") + zone("other", "", "multiple", { options: { paste: false } }) + NAMES);
  send("paste", document.body, { files: [file("a")] });
  await settle();
  assert.deepEqual(texts("li"), ["a"]);
});

test("while something is dragged over it a zone has classes of its own", async () => {
  const markup = zone("docs", "", "multiple", { options: { drag_active: "bright  wide" } });
  const { page } = open(markup);
  const area = find(".fk-upload");
  send("dragenter", area, {});
  await settle();
  assert.equal(area.className, "fk-upload bright wide");
  showBody(page, `<p>new</p>${markup}`);
  assert.equal(find(".fk-upload").className, "fk-upload bright wide");
  send("dragleave", area, {});
  await settle();
  assert.equal(area.className, "fk-upload");
});

test("a zone opens the dialog, and so do its buttons without actions", async () => {
  const inside = `<button id="pick">Pick</button><label id="say">Say</label><a id="link" href="#x">l</a><button id="own" ${onClick({ action: "cancel_upload", id: "docs" })}>o</button><p>or drop</p>`;
  open(zone("docs", inside));
  const count = dialogs("docs");
  for (const [selector, opened] of [[".fk-upload", 1], ["p", 2], ["#pick", 3], ["#say", 4], ["#link", 4], ["#own", 4]] as const) {
    await click(selector);
    assert.equal(count(), opened, selector);
  }
});

test("a zone's own click actions do not run for the click that opens the dialog", async () => {
  const { net } = open(zone("docs").replace("<div", `<div ${onClick({ event: "clicked", arguments: [] })}`));
  await click(".fk-upload");
  assert.equal(net.sent.length, 1);
});

test("a zone in which nothing opens the dialog can be reached itself", () => {
  const clear = `<button ${onClick({ action: "clear_selected_files", id: "some" })}>Clear</button>`;
  open(zone("plain", 'Drop here<input type="hidden">') + zone("other", "<button>Pick</button>") + zone("off", "No", "disabled") + zone("some", clear));
  const [plain, other, off, some] = Array.from(document.querySelectorAll<HTMLElement>(".fk-upload"));
  assert.deepEqual([plain?.getAttribute("role"), plain?.tabIndex], ["button", 0]);
  assert.deepEqual([other?.getAttribute("role"), other?.hasAttribute("tabindex")], [null, false]);
  assert.deepEqual([off?.getAttribute("aria-disabled"), off?.hasAttribute("tabindex")], ["true", false]);
  assert.deepEqual([some?.getAttribute("role"), some?.tabIndex], ["group", 0]);
  const count = dialogs("plain");
  for (const key of ["Enter", " ", "a"]) plain?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  assert.equal(count(), 2);
});

test("dragging is shown from the first child to the last, and not after the zone was left", async () => {
  open(`<p id="out">out</p>${zone("docs", "<b>1</b><i>2</i>")}`);
  const area = find(".fk-upload");
  const states: boolean[] = [];
  const move = async (from: Element | null, to: Element | null): Promise<void> => {
    if (to) send("dragenter", to, {});
    if (from) send("dragleave", from, {});
    await settle();
    states.push(area.hasAttribute("data-filekit-dragging"));
  };
  const path = [null, find("#out"), area, find("b"), find("i"), area, find("#out"), find("b"), null];
  for (let index = 1; index < path.length; index += 1) await move(path[index - 1] ?? null, path[index] ?? null);
  assert.deepEqual(states, [false, true, true, true, true, false, true, false]);
});

test("dropped files are taken, also those of folders with their paths", async () => {
  open(zone("docs") + NAMES);
  const entry = (path: string, children?: object[]): object => ({
    isDirectory: children !== undefined,
    isFile: children === undefined,
    name: path.split("/").at(-1),
    fullPath: path,
    file: (done: (file: File) => void) => done(file(path.split("/").at(-1) ?? "")),
    // One entry at a time, as browsers hand out large folders in portions.
    createReader: () => ({ readEntries: (done: (some: object[]) => void) => done(children?.splice(0, 1) ?? []) }),
  });
  const folder = entry("/d", [entry("/d/a"), entry("/d/e", [entry("/d/e/a")]), entry("/d/.DS_Store")]);
  const items = [folder, entry("/z")].map((each) => ({ kind: "file", webkitGetAsEntry: () => each }));
  assert.equal(send("drop", find(".fk-upload"), { items }), false);
  await settle();
  assert.deepEqual(texts("li"), ["d/a", "d/e/a", "z"]);
  send("drop", find(".fk-upload"), { files: [file("y")] });
  await settle();
  assert.deepEqual(texts("li"), ["d/a", "d/e/a", "z", "y"]);
});

test("a drop beside the zone or on a disabled one is neither taken nor left to the browser", async () => {
  open(`<p>out</p>${zone("docs", "", "multiple disabled")}${NAMES}`);
  for (const selector of ["p", ".fk-upload"]) assert.equal(send("drop", find(selector), { files: [file("a")] }), false);
  await settle();
  assert.deepEqual(texts("li"), []);
  assert.equal(send("drop", find("p"), { types: ["text/plain"] }), true);
});

test("pasted files go to the zone with the focus, or to the only one", async () => {
  open(`${zone("docs")}<input id="note">${NAMES}`);
  send("paste", find("#note"), { files: [file("a")] });
  send("paste", document.body, { files: [file("b")] });
  await settle();
  assert.deepEqual(texts("li"), ["b"]);
  open(zone("docs") + zone("more") + NAMES);
  send("paste", document.body, { files: [file("a")] });
  send("paste", find(".fk-upload"), { files: [file("b")] });
  await settle();
  assert.deepEqual(texts("li"), ["b"]);
});

test("new files run the zone's actions for a drop", async () => {
  const action = JSON.stringify([{ event: "receive", arguments: [["upload_files", "docs"]] }]);
  const { net } = open(zone("docs").replace("<div", `<div data-filekit-on-drop='${action}'`));
  await choose("docs", file("a"));
  assert.deepEqual(net.last.files, ["docs=a"]);
});

test("a selection is announced", async () => {
  open(zone("docs"));
  await choose("docs", file("a"), file("b"));
  assert.equal(find("[role=status]").textContent, "2 files selected");
  assert.equal(find("#filekit").contains(find("[role=status]")), false);
});
