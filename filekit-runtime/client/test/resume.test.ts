/**
 * Uploads that are large or break off: whatever happens on the way, what arrives is what was chosen, once.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Page, uploadState } from "../src/page/page.ts";
import type { SelectedFile } from "../src/upload/files.ts";
import { Clock } from "./clock.ts";
import { attribute, choose, click, file, find, list, onClick, open, randomNumbers, sendButton, settle, type TestPage, texts, zone } from "./harness.ts";
import { type Fate, FakeServer } from "./server.ts";

const MB = 1 << 20;
const BUTTONS = ["pause_upload", "resume_upload", "cancel_upload", "discard_unfinished"].map((action) => `<button id="${action}" ${onClick({ action, id: "docs" })}></button>`).join("");
const ROW_BUTTONS = ["cancel_file", "retry_file"].map((action) => `<button class="${action}" ${onClick({ action, file: ["item", 1] })}></button>`).join("");
const ROWS = list(["selected_files", "docs"], "status").replace("</li>", `${ROW_BUTTONS}</li>`);
const BODY = zone("docs") + ROWS + sendButton("docs") + BUTTONS;

interface Visit extends TestPage {
  readonly server: FakeServer;
  readonly state: () => readonly SelectedFile[];
  /** Lets time pass until nothing is sent any more; returns how long it took. */
  readonly done: () => Promise<number>;
  readonly until: (holds: () => boolean) => Promise<number>;
}

const clock = new Clock();

/** The locks of other tabs, and what is to happen when they let go of them; jsdom has none. */
const held = new Map<string, (() => void)[]>();

/** What a tab that lets go of its locks has this one do. */
function release(): void {
  const waiting = [...held.values()].flat();
  held.clear();
  for (const goOn of waiting) goOn();
}

async function visit(files: readonly File[], body = BODY, server = new FakeServer(), stored: Readonly<Record<string, string>> = {}): Promise<Visit> {
  const query = (): Promise<object> => Promise.resolve({ held: [...held.keys()].map((name) => ({ name })) });
  const request = (name: string, _: unknown, goOn?: () => void): Promise<unknown> => {
    if (goOn) held.get(name)?.push(goOn);
    return new Promise(() => undefined);
  };
  const locks = { query, request };
  const opened = open(body, "", { server, stored, locks });
  if (files.length > 0) await choose("docs", ...files);
  const wait = (holds: () => boolean): Promise<number> => clock.until(holds, () => server.steps);
  const isIdle = (): boolean => opened.page.jobs.size === 0;
  return { ...opened, server, state: () => uploadState(opened.page, "docs").files, until: wait, done: () => wait(isIdle) };
}

/** A file of bytes that are nowhere the same. */
function large(name: string, size: number, seed = name.length): File {
  const random = randomNumbers(seed + size);
  const words = Array.from({ length: Math.ceil(size / 4096) }, (_, index) => `${index} ${random(1 << 30)} `.padEnd(4096, name));
  return file(name, words.join("").slice(0, size));
}

async function bytes(content: File): Promise<Buffer> {
  return Buffer.from(await content.arrayBuffer());
}

async function assertArrived({ server }: Visit, files: readonly File[]): Promise<void> {
  assert.equal(server.events.length, 1, "the event happens once");
  assert.deepEqual(server.events[0]?.map(({ name }) => name), files.map(({ name }) => name));
  for (const [index, each] of files.entries()) assert.ok(server.events[0]?.[index]?.bytes.equals(await bytes(each)), each.name);
}

/** Lets the first requests fail as they say, and all others arrive. */
function fates(...all: Fate[]): FakeServer["fate"] {
  return () => all.shift() ?? "arrives";
}

test("what is large is planned first, and goes as one body", async () => {
  const files = [large("a", 700_000), large("b", 900_000)];
  const here = await visit(files);
  await click("#send");
  await here.done();
  await assertArrived(here, files);
  assert.deepEqual(here.server.asked.map((each) => each.replace(/ \d+$/, "")), ["POST ?0", "PATCH ?1"]);
  assert.equal(here.server.asked[1], `PATCH ?1 ${1_600_000}`);
  assert.deepEqual(here.state(), []);
  assert.equal(localStorage.length, 0);
});

test("a script for large uploads is loaded with the first of them", async () => {
  const here = await visit([file("a")]);
  await click("#send");
  await here.done();
  assert.equal(here.net.askedResume, 0);
  await choose("docs", large("b", 2 * MB));
  await click("#send");
  await here.done();
  assert.equal(here.net.askedResume, 1);
  assert.equal(here.server.events.length, 2);
});

test("a script that cannot be loaded at first is asked for again", async () => {
  const here = await visit([large("a", 2 * MB)]);
  here.net.hasResume = false;
  await click("#send");
  await here.until(() => here.net.askedResume > 3);
  assert.deepEqual([texts("li"), uploadState(here.page, "docs").isWaiting], [["waiting"], true]);
  here.net.hasResume = true;
  await here.done();
  assert.equal(here.server.events.length, 1);
});

test("without the script for as long as one waits, it has failed", async () => {
  const here = await visit([large("a", 2 * MB)]);
  here.net.hasResume = false;
  await click("#send");
  await here.done();
  assert.deepEqual(here.state().map(({ status }) => status), ["failed"]);
});

test("a refusal of the plan comes before any byte, file by file", async () => {
  const here = await visit([large("a", MB), large("b", MB)]);
  const refused = [{ nth: 1, code: "upload.too-large", message: "No b." }];
  here.net.send = () => Promise.resolve({ status: 413, type: "application/json", header: () => null, text: JSON.stringify({ error: { code: "upload.too-large", message: "No.", reference: null, refused } }) });
  await click("#send");
  await here.done();
  assert.deepEqual(here.state().map(({ status, error }) => [status, error]), [["selected", ""], ["failed", "No b."]]);
});

test("after a break it goes on at once where it was, and nothing is sent twice", async () => {
  const files = [large("a", 3 * MB), large("b", 2 * MB)];
  const here = await visit(files);
  here.server.fate = fates("arrives", { cut: 1_000_000 }, "arrives", { cut: 3_500_000 });
  await click("#send");
  assert.equal(await here.done(), 0, "no time passes");
  await assertArrived(here, files);
  const sizes = here.server.asked.filter((each) => each.startsWith("PATCH")).map((each) => Number(each.split(" ")[2]));
  assert.deepEqual(sizes, [5 * MB, 5 * MB - 1_000_000, 5 * MB - 4_500_000]);
});

test("a proxy that cuts each connection after a while costs no byte twice", async () => {
  const files = [large("a", 6 * MB)];
  const here = await visit(files);
  here.server.cutsAfter = MB;
  await click("#send");
  assert.equal(await here.done(), 0);
  await assertArrived(here, files);
});

test("a proxy that refuses large bodies gets small ones, and the page has learnt it", async () => {
  const here = await visit([large("a", 5 * MB)]);
  here.server.limit = MB;
  await click("#send");
  await here.done();
  await assertArrived(here, [large("a", 5 * MB)]);
  const before = here.server.asked.length;
  await choose("docs", large("b", 3 * MB));
  await click("#send");
  await here.done();
  assert.deepEqual(here.server.asked.slice(before).filter((each) => each.startsWith("PATCH")), [`PATCH ?0 ${MB}`, `PATCH ?0 ${MB}`, `PATCH ?1 ${MB}`]);
});

test("a proxy that refuses even the smallest piece is a failure in words", async () => {
  const here = await visit([large("a", 2 * MB)]);
  here.server.limit = MB / 2;
  await click("#send");
  await here.done();
  assert.match(here.state()[0]?.error ?? "", /more than the server accepts/);
});

test("a proxy that lets nothing through of what breaks off gets smaller bodies after the second time", async () => {
  const files = [large("a", 4 * MB)];
  const here = await visit(files);
  here.server.fate = (_, size) => (size > 2 * MB ? "away" : "arrives");
  await click("#send");
  await here.done();
  await assertArrived(here, files);
  assert.deepEqual(here.server.asked.filter((each) => each.startsWith("PATCH")), [`PATCH ?1 ${4 * MB}`, `PATCH ?1 ${4 * MB}`, `PATCH ?0 ${2 * MB}`, `PATCH ?1 ${2 * MB}`]);
});

test("a server that was killed, and lost bytes by that, is sent them again", async () => {
  const files = [large("a", 4 * MB)];
  const here = await visit(files);
  here.server.fate = fates("arrives", { cut: 3_000_000 }, "arrives", { cut: 700_000, lost: 900_000 }, "away", "bad gateway");
  await click("#send");
  assert.ok((await here.done()) < 3000);
  await assertArrived(here, files);
});

test("a server that cannot reach its data for a while is waited for", async () => {
  const files = [large("a", 5 * MB)];
  const here = await visit(files);
  here.server.fate = fates("no states", "arrives", { cut: 1_000_000 }, "no states", "no states", "no states");
  await click("#send");
  await here.done();
  await assertArrived(here, files);
  assert.equal(document.querySelector("[role=alert]"), null);
});

test("an answer that was lost is asked for, and the event happens once", async () => {
  for (const fate of ["lost", "dies", "twice"] as const) {
    const files = [large("a", 2 * MB)];
    const here = await visit(files);
    here.server.fate = fates("arrives", fate);
    await click("#send");
    await here.done();
    await assertArrived(here, files);
    assert.equal(here.server.asked.at(-1), "PATCH ?1 0");
    assert.equal(find("[role=status]").textContent, "Upload finished");
  }
});

function setOnline(isOnline: boolean): void {
  Object.defineProperty(navigator, "onLine", { configurable: true, get: () => isOnline });
  window.dispatchEvent(new Event(isOnline ? "online" : "offline"));
}

test("while the browser is offline nothing is asked, and it goes on when it is online", async () => {
  for (const size of [3 * MB, 1000]) {
    const files = [large("a", size)];
    const here = await visit(files);
    let isOnline = true;
    here.server.fate = () => (isOnline ? "arrives" : "away");
    isOnline = false;
    setOnline(false);
    await click("#send");
    await here.until(() => uploadState(here.page, "docs").isWaiting);
    const before = here.server.asked.length;
    assert.deepEqual([texts("li"), find("[aria-live] p").textContent], [["waiting"], "Waiting for the connection"]);
    clock.pass(3_600_000);
    await settle();
    assert.equal(here.server.asked.length, before);
    isOnline = true;
    setOnline(true);
    assert.equal(await here.done(), 0);
    await assertArrived(here, files);
  }
});

test("a page that says itself that it waits gets no message for that", async () => {
  const here = await visit([large("a", 2 * MB)], `${BODY}<template ${attribute("data-filekit-if", ["is_waiting", "docs"])}><p id="waits">!</p></template>`);
  here.server.fate = () => "away";
  await click("#send");
  await here.until(() => find("[role=status]").textContent === "Waiting for the connection");
  assert.ok(find("#waits"));
  assert.equal(document.querySelector(".fk-toast"), null);
  here.server.fate = fates();
  await here.done();
  assert.equal(document.querySelector("#waits"), null);
});

test("after five minutes without progress it has failed, and another try goes on with the bytes there", async () => {
  const files = [large("a", 2 * MB), large("b", 2 * MB)];
  const here = await visit(files);
  here.server.fate = fates("arrives", { cut: 3_000_000 });
  const { fate } = here.server;
  here.server.fate = (method, size) => (here.server.asked.length > 2 ? "away" : fate(method, size));
  await click("#send");
  const waited = await here.done();
  assert.ok(waited > 290_000 && waited < 340_000, `${waited} ms`);
  assert.deepEqual(here.state().map(({ status }) => status), ["failed", "failed"]);
  assert.match(find("[role=alert] p").textContent ?? "", /could not be reached/);
  here.server.fate = fates();
  await click("li:nth-of-type(2) .retry_file");
  await here.done();
  await assertArrived(here, [files[1] as File]);
  assert.equal(here.server.asked.at(-1), `PATCH ?1 ${4 * MB - 3_000_000}`);
  await click("li .retry_file");
  await here.done();
  assert.equal(here.server.asked.filter((each) => each.startsWith("PATCH")).at(-1), "PATCH ?1 0");
  assert.ok(here.server.events[1]?.[0]?.bytes.equals(await bytes(files[0] as File)));
  assert.deepEqual([here.state(), localStorage.length], [[], 0]);
});

test("ten thousand files are remembered, chosen again and sent on", async () => {
  const files = Array.from({ length: 10_000 }, (_, index) => file(`${index}`, `${index}`.repeat(50)));
  const here = await cameBack(files, 500_000, zone("docs") + sendButton("docs"));
  assert.equal(uploadState(here.page, "docs").unfinished.length, 10_000);
  await choose("docs", ...files);
  assert.equal(uploadState(here.page, "docs").unfinished.length, 0);
  await click("#send");
  await here.done();
  await assertArrived(here, files);
});

test("small files that break off are the same request again", async () => {
  const files = [large("a", 1000)];
  const here = await visit(files);
  here.server.fate = fates({ cut: 900 }, "away", "lost");
  await click("#send");
  await here.done();
  await assertArrived(here, files);
  assert.deepEqual(here.server.asked.length, 4);
  assert.match(find("[role=alert] p").textContent ?? "", /It was done/);
});

test("a pause keeps what is there, and is no break", async () => {
  const files = [large("a", 3 * MB)];
  const here = await visit(files);
  await click("#send");
  await here.until(() => here.server.asked.length === 2);
  await click("#pause_upload");
  assert.deepEqual([texts("li"), uploadState(here.page, "docs").isPaused, find("[role=status]").textContent], [["paused"], true, "Paused"]);
  clock.pass(3_600_000);
  await settle();
  const before = here.server.asked.length;
  assert.equal(here.server.events.length, 0);
  await click("#resume_upload");
  assert.equal(find("[role=status]").textContent, "Going on");
  assert.equal(await here.done(), 0);
  assert.equal(here.server.asked[before], "HEAD  0");
  await assertArrived(here, files);
  assert.deepEqual([uploadState(here.page, "docs").isPaused, here.server.plans.length], [false, 1]);
});

test("what goes in one request begins anew after a pause", async () => {
  for (const [size, streams] of [[1000, false], [2 * MB, true]] as const) {
    const files = [large("a", size)];
    const here = await visit(files);
    here.server.streams = streams;
    here.server.fate = streams ? fates("arrives", "hangs") : fates("hangs");
    await click("#send");
    await here.until(() => here.server.asked.length === (streams ? 2 : 1));
    await click("#pause_upload");
    await settle();
    assert.deepEqual([texts("li"), here.server.events.length], [["paused"], 0]);
    clock.pass(3_600_000);
    await settle();
    await click("#resume_upload");
    assert.equal(await here.done(), 0);
    await assertArrived(here, files);
  }
});

test("what the server is at work on goes on when it is paused", async () => {
  const here = await visit([large("a", 2 * MB)]);
  let end = (): void => undefined;
  here.server.gate = new Promise((resolve) => (end = resolve));
  await click("#send");
  await here.until(() => texts("li").includes("processing"));
  await click("#pause_upload");
  assert.deepEqual([texts("li"), uploadState(here.page, "docs").isPaused], [["processing"], false]);
  end();
  await here.done();
  assert.equal(here.server.events.length, 1);
});

test("what is paused can be cancelled, and the server forgets it", async () => {
  const here = await visit([large("a", 3 * MB)]);
  await click("#send");
  await here.until(() => here.server.asked.length === 2);
  await click("#pause_upload");
  await click("#cancel_upload");
  await here.done();
  await here.until(() => here.server.uploads.size === 0);
  assert.deepEqual([texts("li"), uploadState(here.page, "docs").isPaused, localStorage.length], [["selected"], false, 0]);
});

test("a click on resume tries at once what waits", async () => {
  const here = await visit([large("a", 2 * MB)]);
  here.server.fate = () => "away";
  await click("#send");
  await here.until(() => clock.now > 1 && here.server.asked.length > 8);
  await here.until(() => uploadState(here.page, "docs").isWaiting);
  here.server.fate = fates();
  await click("#resume_upload");
  assert.equal(await here.done(), 0);
  assert.equal(here.server.events.length, 1);
});

test("a file that is taken out costs the others nothing", async () => {
  const files = [large("a", 2 * MB), large("b", MB), large("c", 2 * MB)];
  const here = await visit(files);
  here.server.fate = fates("arrives", { cut: 4 * MB }, "hangs");
  await click("#send");
  await here.until(() => here.server.asked.length === 3);
  await click("li:nth-of-type(2) .cancel_file");
  await here.done();
  await assertArrived(here, [files[0] as File, files[2] as File]);
  assert.ok(here.server.asked.includes(`PATCH ?1 ${MB}`), here.server.asked.join());
  assert.deepEqual([here.server.plans[1]?.files.map(({ from }) => from), here.server.uploads.size], [["1/0", "1/2"], 1]);
});

test("a file that is taken out while the event runs ends the event first", async () => {
  const files = [large("a", 2 * MB), large("b", MB)];
  const here = await visit(files);
  here.server.gate = new Promise(() => undefined);
  await click("#send");
  await here.until(() => texts("li").includes("processing"));
  here.server.gate = Promise.resolve();
  await click("li:nth-of-type(2) .cancel_file");
  await here.done();
  assert.deepEqual(here.server.asked.map((each) => each.split(" ")[0]), ["POST", "PATCH", "DELETE", "POST", "PATCH"]);
  await assertArrived(here, [files[0] as File]);
});

test("an upload that is cancelled without a connection is forgotten when there is one", async () => {
  const here = await visit([large("a", 3 * MB)]);
  let isOnline = true;
  here.server.fate = () => (isOnline ? (here.server.asked.length === 1 ? { cut: MB } : "arrives") : "away");
  await click("#send");
  await here.until(() => here.server.uploads.size === 1);
  isOnline = false;
  await click("#cancel_upload");
  await here.done();
  await settle();
  assert.equal(here.server.uploads.size, 1);
  isOnline = true;
  setOnline(true);
  await here.until(() => here.server.uploads.size === 0);
});

test("a connection on which nothing moves any more is given up after a minute, also by a computer that slept", async () => {
  for (const sleeps of [false, true]) {
    const files = [large("a", 2 * MB)];
    const here = await visit(files);
    here.server.fate = fates("arrives", "hangs");
    await click("#send");
    await here.until(() => here.server.asked.length === 2);
    if (sleeps) clock.jump(7_200_000);
    const waited = await here.done();
    assert.ok(sleeps ? waited < 1000 : waited > 55_000 && waited < 70_000, `${waited} ms`);
    await assertArrived(here, files);
  }
});

test("an event may take as long as it likes", async () => {
  const here = await visit([large("a", 2 * MB)]);
  let end = (): void => undefined;
  here.server.gate = new Promise((resolve) => (end = resolve));
  await click("#send");
  await here.until(() => texts("li").includes("processing"));
  clock.pass(3_600_000);
  await settle();
  assert.equal(here.server.asked.length, 2);
  end();
  assert.equal(await here.done(), 0);
});

test("an answer that was lost is waited for as long as the event takes", async () => {
  const here = await visit([large("a", 2 * MB)]);
  let end = (): void => undefined;
  here.server.gate = new Promise((resolve) => (end = resolve));
  here.server.fate = fates("arrives", "dies");
  await click("#send");
  await here.until(() => here.server.asked.length === 4);
  clock.pass(3_600_000);
  await settle();
  end();
  await here.done();
  assert.deepEqual(here.server.asked.slice(2), ["HEAD  0", "PATCH ?1 0"]);
});

test("after a sleep, the answer is asked for anew", async () => {
  const here = await visit([large("a", 2 * MB)]);
  let end = (): void => undefined;
  here.server.gate = new Promise((resolve) => (end = resolve));
  await click("#send");
  await here.until(() => texts("li").includes("processing"));
  clock.jump(7_200_000);
  end();
  await here.done();
  assert.deepEqual(here.server.asked.slice(2), ["HEAD  0", "PATCH ?1 0"]);
  assert.equal(here.server.events.length, 1);
});

test("an upload that has expired is begun anew", async () => {
  const files = [large("a", 2 * MB)];
  const here = await visit(files);
  const all = fates("arrives", { cut: MB });
  here.server.fate = (method, size) => {
    if (method === "HEAD") here.server.uploads.clear();
    return all(method, size);
  };
  await click("#send");
  await here.done();
  await assertArrived(here, files);
  assert.equal(here.server.plans.length, 2);
});

test("an upload that has expired after its last byte is not sent again by itself", async () => {
  const here = await visit([large("a", 2 * MB)]);
  const all = fates("arrives", "lost");
  here.server.fate = (method, size) => {
    if (method === "HEAD") here.server.uploads.clear();
    return all(method, size);
  };
  await click("#send");
  await here.done();
  assert.equal(here.server.events.length, 1);
  assert.deepEqual(here.state().map(({ status }) => status), ["failed"]);
});

test("a refusal that the browser did not hear is asked for", async () => {
  const here = await visit([large("a", 3 * MB)]);
  here.server.refuses = (bytes) => (bytes.length > 4096 ? "“a” is a PDF file." : null);
  here.server.fate = fates("arrives", { cut: 2 * MB });
  await click("#send");
  await here.done();
  assert.deepEqual(here.state().map(({ status, error }) => [status, error]), [["failed", "“a” is a PDF file."]]);
  assert.deepEqual([here.server.plans.length, here.server.asked.at(-1)], [1, "PATCH ?1 0"]);
});

test("an event that reads while files arrive gets them in one request, which is not sent again", async () => {
  const files = [large("a", 2 * MB)];
  const here = await visit(files);
  here.server.streams = true;
  await click("#send");
  await here.done();
  await assertArrived(here, files);
  await choose("docs", ...files);
  here.server.fate = fates("arrives", { cut: MB });
  await click("#send");
  assert.equal(await here.done(), 0);
  assert.deepEqual([here.state().map(({ status }) => status), here.server.plans.length], [["failed"], 3]);
});

test("progress goes on where it was, and only grows", async () => {
  const here = await visit([large("a", 2 * MB), large("b", 2 * MB)]);
  here.server.fate = fates("arrives", { cut: MB }, "arrives", { cut: 2 * MB, lost: MB });
  const seen: number[] = [];
  const { refresh } = here.page;
  Object.assign(here.page, { refresh: (page: Page) => (seen.push(uploadState(page, "docs").progress.percent), refresh(page)) });
  await click("#send");
  await here.done();
  const ended = seen.lastIndexOf(100);
  assert.ok(seen.slice(0, ended).every((percent, index) => index === 0 || percent >= (seen[index - 1] as number)), seen.join());
  assert.ok(new Set(seen).size > 4, seen.join());
});

/** Waits for what goes on without time. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await settle();
}

/** Sends until so many bytes are there, leaves the page without an end, and opens it again. */
async function cameBack(files: readonly File[], there: number, body = BODY + UNFINISHED): Promise<Visit> {
  const first = await visit(files, body);
  first.server.fate = fates("arrives", { cut: there }, "hangs");
  await click("#send");
  await first.until(() => first.server.asked.length === 3);
  const stored = { ...localStorage } as Record<string, string>;
  first.server.asked.length = first.server.plans.length = 0;
  first.server.fate = fates();
  const here = await visit([], body, first.server, stored);
  await quiet();
  return here;
}

const UNFINISHED = list(["unfinished_files", "docs"], "progress").replace("<ul>", '<ul id="unfinished">');
const LEFT = "#unfinished li";

test("after a reload the files are offered with what is there of them, and go on when they are chosen again", async () => {
  const files = [large("a", MB), large("b", 2 * MB), file("c")];
  const here = await cameBack(files, 2 * MB);
  assert.deepEqual(here.server.asked, ["HEAD  0"]);
  assert.deepEqual(uploadState(here.page, "docs").unfinished.map(({ name, size, size_text, status }) => [name, size, size_text, status]), [
    ["a", MB, "1 MB", "unfinished"],
    ["b", 2 * MB, "2.1 MB", "unfinished"],
    ["c", 1, "1 B", "unfinished"],
  ]);
  assert.deepEqual(texts(LEFT), ["100", "50", "0"]);
  assert.equal(find("[role=status]").textContent, "3 files were not sent to their end. Choose them again to go on.");
  await choose("docs", files[1] as File, file("c", "longer"), file("d"));
  assert.deepEqual([texts(LEFT), here.state().map(({ progress }) => progress)], [["100", "0"], [50, 0, 0]]);
  await click("#send");
  await here.done();
  assert.deepEqual(here.server.plans[0]?.files.map(({ from }) => from), ["1/1", undefined, undefined]);
  assert.ok(here.server.asked.includes(`PATCH ?1 ${MB + 7}`), here.server.asked.join());
  assert.ok(here.server.events[0]?.[0]?.bytes.equals(await bytes(files[1] as File)));
  assert.deepEqual([texts(LEFT), here.server.uploads.size], [["100", "0"], 2]);
});

test("a page that does not list what is unfinished tells of it", async () => {
  await cameBack([large("a", 2 * MB)], MB, BODY);
  assert.equal(find("[aria-live] p").textContent, "1 file was not sent to its end. Choose it again to go on.");
});

test("when all are chosen again, the upload from before is gone", async () => {
  const files = [large("a", MB), large("b", MB)];
  const here = await cameBack(files, MB);
  await choose("docs", ...files);
  assert.equal(document.querySelector(LEFT), null);
  await click("#send");
  await here.done();
  await assertArrived(here, files);
  assert.deepEqual([here.server.asked.filter((each) => each.startsWith("DELETE")).length, localStorage.length], [1, 0]);
});

test("what is unfinished can be discarded, here and on the server", async () => {
  const here = await cameBack([large("a", 2 * MB)], MB);
  await click("#discard_unfinished");
  await here.until(() => here.server.uploads.size === 0);
  assert.deepEqual([texts(LEFT), localStorage.length, find("[role=status]").textContent], [[], 0, "Unfinished upload discarded"]);
});

test("what the server has forgotten, or was left too long ago, is not offered", async () => {
  const files = [large("a", 2 * MB)];
  const first = await cameBack(files, MB);
  const stored = { ...localStorage } as Record<string, string>;
  first.server.uploads.clear();
  const second = await visit([], BODY + UNFINISHED, first.server, stored);
  await quiet();
  assert.deepEqual([texts(LEFT), second.server.asked.length, localStorage.length], [[], 2, 0]);
  clock.jump(86_400_001);
  const third = await visit([], BODY + UNFINISHED, first.server, stored);
  await quiet();
  assert.deepEqual([texts(LEFT), third.server.asked.length], [[], 2]);
});

/** Opens a page while another tab holds the upload that was left there. */
async function besideAnother(files: readonly File[]): Promise<Visit> {
  const first = await cameBack(files, MB);
  const [url] = first.server.uploads.keys();
  const stored = { ...localStorage } as Record<string, string>;
  first.server.asked.length = 0;
  held.set(url as string, []);
  const second = await visit([], BODY + UNFINISHED, first.server, stored);
  await quiet();
  return second;
}

test("what another tab is sending is not offered, nor disturbed, before that tab leaves it", async () => {
  const here = await besideAnother([large("a", 2 * MB)]);
  assert.deepEqual([texts(LEFT), here.server.asked], [[], []]);
  release();
  await quiet();
  assert.deepEqual([texts(LEFT), here.server.asked], [["50"], ["HEAD  0"]]);
  assert.equal(find("[role=status]").textContent, "1 file was not sent to its end. Choose it again to go on.");
});

test("what another tab has sent to its end is not offered", async () => {
  const here = await besideAnother([large("a", 2 * MB)]);
  localStorage.clear();
  release();
  await quiet();
  assert.deepEqual([texts(LEFT), here.server.asked], [[], []]);
});

test("an upload whose event has run is not offered, also if its answer was lost", async () => {
  const first = await cameBack([large("a", 2 * MB)], MB);
  const stored = { ...localStorage } as Record<string, string>;
  for (const upload of first.server.uploads.values()) Object.assign(upload, { isEnding: true, bytes: Buffer.alloc(upload.length) });
  const here = await visit([], BODY + UNFINISHED, first.server, stored);
  await quiet();
  assert.deepEqual([texts(LEFT), here.server.events, localStorage.length], [[], [], 0]);
});

test("without a store, and with nonsense in it, uploads work as ever", async () => {
  for (const text of ["nonsense", "{}", '[{"url":1}]', "[null]"]) {
    const files = [large("a", 2 * MB)];
    const here = await visit([], BODY, new FakeServer(), { "filekit.unfinished /here": text });
    Object.assign(globalThis, text === "{}" && { localStorage: new Proxy({}, { get: () => assert.fail("no store") }) });
    await choose("docs", ...files);
    await click("#send");
    await here.done();
    await assertArrived(here, files);
  }
});

for (const [kind, seeds] of [["large", 25], ["small", 12]] as const) {
  test(`whatever happens on the way: ${kind} files arrive as they were chosen, once`, async () => {
    for (let seed = 1; seed <= seeds; seed += 1) await journey(kind === "large", seed);
  });
}

/** Sends some files over a line that breaks at random, with a visitor who pauses, goes on, and takes files out. */
async function journey(isLarge: boolean, seed: number): Promise<void> {
  const random = randomNumbers(seed * 7919);
  const sizes = Array.from({ length: 1 + random(4) }, () => 10_000 + random(isLarge ? 3 * MB : 200_000));
  if (isLarge) sizes.push(MB + 1);
  const files = sizes.map((size, index) => large(`${index}`, size, seed));
  const here = await visit(files);
  const { server } = here;
  // Fewer in a row than make it fail.
  let troubles = random(isLarge ? 40 : 10);
  server.limit = random(3) === 0 ? MB : Infinity;
  server.cutsAfter = random(3) === 0 ? MB + random(MB) : Infinity;
  server.fate = (method, size) => {
    if ((troubles -= 1) < 0) return "arrives";
    const cut = { cut: random(size + 1), lost: random(2) * random(500_000) };
    const fates: Fate[] = ["arrives", "away", "lost", "dies", "twice", "bad gateway", "hangs", cut, cut, cut];
    // What is small, and done, is told to have been done: that the visitor has to look after it is another test.
    return method !== "POST" || size < 10_000 ? (fates[random(fates.length)] as Fate) : (["arrives", "away", "bad gateway", { cut: random(size) }, "hangs"] as Fate[])[random(5)] as Fate;
  };
  await click("#send");
  let left = files;
  while (here.page.jobs.size > 0 && server.events.length === 0) {
    await settle();
    const status = here.state()[0]?.status;
    const isOpen = status !== undefined && status !== "processing" && status !== "selected";
    const act = random(40);
    if (act === 0 && isOpen) await click("#pause_upload");
    if (act === 1 && isOpen && left.length > 1 && here.state().every(({ status }) => status !== "processing")) {
      const place = random(left.length);
      left = left.filter((_, index) => index !== place);
      await click(`li:nth-of-type(${place + 1}) .cancel_file`);
    }
    if (act === 2) setOnline(false);
    if (act === 3) clock.jump(random(600_000));
    if (act > 30) setOnline(true);
    if (uploadState(here.page, "docs").isPaused && act > 35) await click("#resume_upload");
    if (random(6) === 0) clock.pass(random(20_000));
  }
  setOnline(true);
  if (uploadState(here.page, "docs").isPaused) await click("#resume_upload");
  await here.done();
  // After five minutes without progress it is the visitor who tries again.
  if (here.state()[0]?.error.includes("could not be reached")) {
    troubles = 0;
    await click("#send");
    await here.done();
  }
  assert.equal(server.events.length, 1, `seed ${seed}: the event happens once, ${here.state().map(({ status, error }) => status + error).join()} ${server.asked.join()}`);
  assert.deepEqual(server.events[0]?.map(({ name }) => name), left.map(({ name }) => name), `seed ${seed}`);
  for (const [index, each] of left.entries()) assert.ok(server.events[0]?.[index]?.bytes.equals(await bytes(each)), `seed ${seed}: ${each.name}`);
  assert.deepEqual(here.state(), [], `seed ${seed}`);
}
