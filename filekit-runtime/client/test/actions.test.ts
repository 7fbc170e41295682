/**
 * Events and replies: what is asked of the server, in which order, and what its answers do.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "../src/page/page.ts";
import * as resume from "../src/resume/resume.ts";
import { attribute, choose, click, file, find, list, onClick, open, sendButton, settle, showBody, texts, zone } from "./harness.ts";

const event = (name: string, ...args: unknown[]): object => ({ event: name, arguments: args });

/** Notes the links that the client clicks. */
function downloads(): [href: string, name: string][] {
  const links: [string, string][] = [];
  document.addEventListener("click", (clicked) => {
    const target = clicked.target as HTMLAnchorElement;
    if (target.tagName === "A") links.push([target.getAttribute("href") ?? "", target.download]);
    clicked.preventDefault();
  });
  return links;
}

test("an event is sent with its arguments, and its reply becomes the page", async () => {
  const { net, root } = open(`<input id="name" value="x"><button ${onClick(event("greet", ["value_of", "name"], ["literal", 3]))}>b</button>`, "/app");
  await click("button");
  assert.equal(net.last.url, "/app/_filekit/event");
  assert.deepEqual(net.last.call, { page: "/here?a=1", capability: "greet", arguments: ["x", 3] });
  await net.last.answer({ title: "T", body: "<p>hello</p>" });
  assert.equal(document.title, "T");
  assert.equal(root.innerHTML, "<p>hello</p>");
});

test("each call has a number that no other has, also each attempt to upload", async () => {
  const { net } = open(`<button id="a" ${onClick(event("a"))}>a</button>${zone("docs")}${sendButton("docs")}`);
  await choose("docs", file("a"), file("b"));
  await click("#send");
  for (let times = 0; times < 2; times += 1) {
    await click("#a");
    await net.last.answer({});
  }
  const numbers = net.sent.map(({ once }) => once);
  assert.deepEqual(numbers.map((once) => typeof once), ["number", "number", "number"]);
  assert.equal(new Set(numbers).size, 3);
});

test("a button that a form would send calls the event in its value, and the form is not sent", async () => {
  const { net } = open('<form id="f"></form><button data-filekit-on-click form="f" name="call" value="greet">b</button>');
  let submitted = false;
  document.addEventListener("submit", () => (submitted = true));
  await click("button");
  assert.deepEqual(net.last.call, { page: "/here?a=1", capability: "greet", arguments: [] });
  assert.equal(submitted, false);
});

test("the answer to a form that was sent before the client ran becomes the page itself", () => {
  open("", "", { address: "/here?b=2", isAnswer: true });
  assert.equal(location.pathname + location.search, "/here?b=2");
});

test("a page whose address was rewritten on its way is called what the server knows it by", async () => {
  const { net } = open(`<button ${onClick(event("a"))}>b</button>`, "", { address: "/rewritten?a=1" });
  history.replaceState(null, "", "/here/?a=2");
  await click("button");
  assert.deepEqual([net.last.call.page, location.pathname], ["/rewritten?a=2", "/here/"]);
});

test("what a layer or a proxy says by a status alone is told in words, and the page is asked for", async () => {
  const said: (string | undefined)[] = [];
  for (const status of [408, 504, 413, 502, 503, 500]) {
    const { net } = open(`<button ${onClick(event("a"))}>b</button>`);
    await click("button");
    await net.last.answerText("", status, "");
    said.push(document.querySelector(".fk-toast")?.textContent?.slice(0, 27));
    assert.deepEqual([net.sent.length, net.last.url], [2, "/_filekit/view"]);
    await net.last.answerText("", status, "");
    assert.equal(net.sent.length, 2);
  }
  const [late, large, unanswered, bad] = ["That took longer than the s", "That is more than the serve", "The server gave no answer, ", "The server's answer could n"];
  assert.deepEqual(said, [late, late, large, unanswered, unanswered, bad]);
});

test("a busy control says so, and further clicks do nothing until the reply", async () => {
  const { net } = open(`<button ${onClick(event("a"))}>b</button>`);
  await click("button");
  await click("button");
  assert.equal(net.sent.length, 1);
  assert.equal(find("button").getAttribute("aria-busy"), "true");
  await net.last.answer({ body: `<button ${onClick(event("a"))}>c</button>` });
  assert.equal(find("button").hasAttribute("aria-busy"), false);
  await click("button");
  assert.equal(net.sent.length, 2);
});

test("of the values that a field took while it was busy, the last one is sent", async () => {
  const { net } = open(`<input id="name" ${attribute("data-filekit-on-change", [event("name", ["value_of", "name"])])}>`);
  const input = find<HTMLInputElement>("#name");
  for (const value of ["1", "2", "3"]) {
    input.value = value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
  }
  await net.last.answer({});
  assert.deepEqual(net.sent.map(({ call }) => call.arguments[0]), ["1", "3"]);
});

test("a form is sent by its actions and not by the browser", async () => {
  const { net } = open(`<form ${attribute("data-filekit-on-submit", [event("save")])}><button>Save</button></form>`);
  const submit = new Event("submit", { bubbles: true, cancelable: true });
  find("form").dispatchEvent(submit);
  await settle();
  assert.equal(submit.defaultPrevented, true);
  assert.equal(net.last.call.capability, "save");
});

test("only the nearest element with actions acts", async () => {
  const { net } = open(`<div ${onClick(event("outer"))}><p>text</p><button ${onClick(event("inner"))}><b>b</b></button></div>`);
  await click("b");
  await click("p");
  await net.sent[0]?.answer({});
  assert.deepEqual(net.sent.map(({ call }) => call.capability), ["inner", "outer"]);
});

test("events of several controls go one after the other; an upload holds up none of them", async () => {
  const { net } = open(`${zone("docs")}${sendButton("docs")}<button id="a" ${onClick(event("a"))}></button><button id="b" ${onClick(event("b"))}></button>`);
  await choose("docs", file("f"));
  for (const id of ["#send", "#a", "#b"]) await click(id);
  assert.deepEqual(net.sent.map(({ call }) => call.capability), ["receive", "a"]);
  await net.last.answer({});
  assert.deepEqual(net.sent.map(({ call }) => call.capability), ["receive", "a", "b"]);
});

test("actions run in order, and stop at the first that fails", async () => {
  const chain = onClick(event("a"), { action: "clear_selected_files", id: "docs" }, event("b"));
  const { net } = open(`${zone("docs")}${list(["selected_files", "docs"], "name")}<button ${chain}>b</button>`);
  await choose("docs", file("f"));
  await click("button");
  await net.last.answer({ error: { code: "internal", message: "No.", reference: "1f3a" } }, 500);
  assert.deepEqual([net.sent.length, texts("li")], [1, ["f"]]);
  assert.equal(find("[role=alert] p").textContent, "No.\nReference: 1f3a");
  await click("button");
  await net.last.answer({});
  assert.deepEqual([net.sent.length, texts("li")], [3, []]);
});

test("the third script is told of pauses, and of the zone whose uploads from before it has to look for", async () => {
  const done: string[] = [];
  const told = (what: string) => (_: Page, id: string): void => void done.push(`${what} ${id}`);
  const calls = { pause: told("pause"), goOn: told("resume"), discard: told("discard"), recall: told("look for") };
  const actions = ["pause_upload", "resume_upload", "discard_unfinished"].map((action) => ({ action, id: "docs" }));
  const { page, net } = open(`<button ${onClick(...actions, event("a"))}>b</button>`, "", { stored: { "filekit.unfinished /here": "[]" } });
  net.resume = () => Promise.resolve({ ...resume, ...calls, recall: (page: Page, id: string) => Promise.resolve(calls.recall(page, id)) });
  showBody(page, zone("docs") + page.root.innerHTML);
  await settle();
  await click("button");
  assert.deepEqual(done, ["look for docs", "pause docs", "resume docs", "discard docs"]);
  assert.equal(net.last.call.capability, "a");
});

test("the actions of a reply run after its patch", async () => {
  const { net } = open(`${zone("docs")}${list(["selected_files", "docs"], "name")}<button ${onClick(event("a"))}>b</button>`);
  const links = downloads();
  await choose("docs", file("f"));
  await click("button");
  await net.last.answer({
    actions: [
      { action: "download", data: btoa("1,2,3"), mime: "text/csv", filename: "n.csv" },
      { action: "toast", kind: "success", text: "<b>Saved</b>" },
      { action: "clear_selected_files", id: "docs" },
      { action: "redirect", url: "/next" },
    ],
  });
  assert.deepEqual(links, [[`data:text/csv;base64,${btoa("1,2,3")}`, "n.csv"]]);
  assert.equal(find(".fk-toast p").textContent, "<b>Saved</b>");
  assert.deepEqual(texts("li"), []);
  assert.deepEqual(net.assigned, ["/next"]);
});

test("downloads begin one after the other, and what comes after them waits", async () => {
  const many = Array.from({ length: 3 }, (_, nth) => ({ action: "download", url: `/files/${nth}`, filename: null }));
  const { net } = open(`<button ${onClick(...many, { action: "redirect", url: "/next" })}>b</button>`);
  const links = downloads();
  await click("button");
  assert.ok(links.length < 3, "a browser drops what comes all at once");
  while (net.assigned.length === 0) await settle();
  assert.deepEqual(links, [["/files/0", ""], ["/files/1", ""], ["/files/2", ""]]);
});

test("in WebKit a download after another has a frame, and is asked for by the page where that is forbidden", async (context) => {
  const { setTimeout } = globalThis;
  const ends: (() => void)[] = [];
  context.mock.method(globalThis, "setTimeout", (run: () => void, wait: number) => (wait < 60_000 ? setTimeout(run, wait) : ends.push(run)));
  const both = [1, 2].map((nth) => ({ action: "download", url: `/files/${nth}`, filename: `${nth}.txt` }));
  open(`<button ${onClick(...both)}>b</button>`);
  Object.assign(navigator, { vendor: "Apple Computer, Inc." });
  const clicks: [place: string, href: string, name: string][] = [];
  context.mock.method(window.HTMLElement.prototype, "click", function (this: HTMLAnchorElement) {
    clicks.push([this.ownerDocument === document ? "page" : "frame", this.getAttribute("href") ?? "", this.download]);
  });
  find("button").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  for (const end = performance.now() + 5_000; clicks.length < 2 && performance.now() < end; ) await settle();
  // Tests before may have begun others.
  assert.deepEqual(clicks.at(-1), ["frame", "/files/2", "2.txt"]);
  const frame = [...document.querySelectorAll("iframe")].at(-1);
  assert.equal(frame?.hidden, true);
  clicks.length = 0;
  frame?.dispatchEvent(new Event("load"));
  assert.deepEqual(clicks, [["page", "/files/2", "2.txt"]]);
  ends.forEach((end) => end());
  assert.equal(document.querySelector("iframe"), null, "frames do not add up on a page that stays open");
});

test("addresses that could run script are not followed", async () => {
  const { net } = open(`<button ${onClick({ action: "download", url: "javascript:alert(1)" }, { action: "redirect", url: " JavaScript:alert(1)" })}>b</button>`);
  const links = downloads();
  await click("button");
  assert.deepEqual([links, net.assigned], [[], []]);
});

test("an out-of-date page reloads once", async () => {
  const { net } = open(`<button ${onClick(event("a"))}>b</button>`);
  const stale = { error: { code: "event.out-of-date", message: "This page is out of date.", reference: null } };
  await click("button");
  await net.last.answer(stale, 409);
  assert.equal(net.reloads, 1);
  await click("button");
  await net.last.answer(stale, 409);
  assert.equal(net.reloads, 1);
  assert.match(find("[role=alert] p").textContent ?? "", /out of date/);
});

test("errors stay until they are dismissed, and give the focus back", async () => {
  const { net } = open(`<button id="b" ${onClick(event("a"))}>b</button>`);
  find("#b").focus();
  for (let times = 0; times < 2; times += 1) {
    await click("#b");
    await net.last.fail();
  }
  assert.equal(document.querySelectorAll(".fk-toast").length, 1);
  find(".fk-toast button").focus();
  find(".fk-toast button").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  assert.equal(document.querySelector(".fk-toast"), null);
  assert.equal(document.activeElement, find("#b"));
});

test("other messages go by themselves, but not while they are looked at", (context) => {
  const { page } = open("");
  const timers: (() => void)[] = [];
  context.mock.method(globalThis, "setTimeout", (callback: () => void) => timers.push(callback));
  const timeUp = (): void => timers.splice(0).forEach((callback) => callback());
  page.toast("info", "Hello");
  const toast = find(".fk-toast");
  find(".fk-toast button").focus();
  timeUp();
  assert.equal(toast.isConnected, true);
  find(".fk-toast button").blur();
  timeUp();
  assert.equal(toast.isConnected, false);
});

test("broken markup is reported and harms nothing", async () => {
  open(`<button data-filekit-on-click="[">b</button><p data-filekit-text="{">x</p>`);
  const codes: string[] = [];
  document.addEventListener("filekit:report", (reported) => codes.push((reported as CustomEvent<{ code: string }>).detail.code));
  await click("button");
  assert.deepEqual(codes, ["client.bad-page"]);
  assert.equal(find("p").textContent, "");
});
