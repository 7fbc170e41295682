/**
 * Files that go to a store by themselves: whatever happens on the way, what is there in the end is what was chosen, and the server
 * gets no byte of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { uploadState } from "../src/page/page.ts";
import { Clock } from "./clock.ts";
import { choose, click, file, list, onClick, open, sendButton, type TestPage, texts, zone } from "./harness.ts";
import { FakeServer } from "./server.ts";

const MB = 1 << 20;
const BUTTONS = ["pause_upload", "resume_upload", "cancel_upload"].map((action) => `<button id="${action}" ${onClick({ action, id: "docs" })}></button>`).join("");
const BODY = zone("docs") + list(["selected_files", "docs"], "status") + sendButton("docs") + BUTTONS;

const clock = new Clock();

interface Visit extends TestPage {
  readonly server: FakeServer;
  readonly until: (holds: () => boolean) => Promise<number>;
  readonly done: () => Promise<number>;
}

async function visit(...files: File[]): Promise<Visit> {
  const server = new FakeServer();
  server.partSize = MB;
  const opened = open(BODY, "", { server });
  await choose("docs", ...files);
  const until = (holds: () => boolean): Promise<number> => clock.until(holds, () => server.steps);
  return { ...opened, server, until, done: () => until(() => opened.page.jobs.size === 0) };
}

function large(name: string, size: number): File {
  return file(name, Array.from({ length: Math.ceil(size / 64) }, (_, nth) => `${nth} ${name}`.padEnd(64)).join("").slice(0, size));
}

/** Checks that the event ran once, with these files. */
async function arrived({ server, page }: Visit, ...files: File[]): Promise<void> {
  assert.equal(server.events.length, 1);
  const [event] = server.events;
  assert.deepEqual(event?.map(({ name }) => name), files.map(({ name }) => name));
  for (const [nth, each] of files.entries()) assert.ok(event?.[nth]?.bytes.equals(Buffer.from(await each.arrayBuffer())), each.name);
  assert.equal(uploadState(page, "docs").files.length, 0);
}

test("parts go to the store, a few at a time, and the server gets none of them", async () => {
  const files = [large("a", 5 * MB + 7), large("b", 3)];
  const opened = await visit(...files);
  await click("#send");
  await opened.done();
  await arrived(opened, ...files);
  const { asked, lanes } = opened.server;
  assert.deepEqual(asked.filter((each) => each.startsWith("PATCH")), ["PATCH ?1 0"]);
  assert.equal(asked.filter((each) => each.startsWith("PUT")).length, 7);
  assert.ok(lanes > 1 && lanes <= 4, `${lanes} at a time`);
});

test("while a file is on its way, the next one begins", async () => {
  const opened = await visit(...Array.from({ length: 3 }, (_, nth) => large(`${nth}`, MB)));
  opened.server.fate = (method) => (method === "PUT" ? "hangs" : "arrives");
  await click("#send");
  await opened.until(() => opened.server.lanes === 2);
  await click("#cancel_upload");
  await opened.until(() => opened.server.uploads.size === 0);
});

test("what the store has is not sent again after a break", async () => {
  const files = [large("a", 6 * MB)];
  const opened = await visit(...files);
  let puts = 0;
  opened.server.fate = (method) => (method === "PUT" && (puts += 1) === 3 ? "away" : "arrives");
  await click("#send");
  await opened.done();
  await arrived(opened, ...files);
  assert.equal(puts, 7, "one part was sent twice");
});

test("a part that the store has lost is sent when the server misses it", async () => {
  const files = [large("a", 4 * MB)];
  const opened = await visit(...files);
  opened.server.fate = (method) => {
    const parts = [...opened.server.stored.values()][0];
    if (method === "PATCH" && opened.server.asked.filter((each) => each.startsWith("PATCH")).length === 0) parts?.delete(MB);
    return "arrives";
  };
  await click("#send");
  await opened.done();
  await arrived(opened, ...files);
});

test("a URL that has expired is asked for anew, and a store that refuses each is told", async () => {
  const files = [large("a", 2 * MB)];
  const opened = await visit(...files);
  let refusals = 1;
  opened.server.refusesPart = () => (refusals-- > 0 ? 403 : 0);
  await click("#send");
  await opened.done();
  await arrived(opened, ...files);

  const refused = await visit(large("b", 2 * MB));
  refused.server.refusesPart = () => 403;
  await click("#send");
  await refused.done();
  assert.equal(refused.server.events.length, 0);
  assert.deepEqual(texts("li"), ["failed"]);
});

test("a pause ends all parts that are on their way, and a cancelled upload is given up", async () => {
  const files = [large("a", 6 * MB)];
  const opened = await visit(...files);
  let isSlow = true;
  opened.server.fate = (method) => (method === "PUT" && isSlow ? "hangs" : "arrives");
  await click("#send");
  await opened.until(() => opened.server.lanes === 2);
  await click("#pause_upload");
  assert.deepEqual(texts("li"), ["paused"]);
  isSlow = false;
  await click("#resume_upload");
  await opened.done();
  await arrived(opened, ...files);

  const cancelled = await visit(large("b", 6 * MB));
  cancelled.server.fate = (method) => (method === "PUT" ? "hangs" : "arrives");
  await click("#send");
  await cancelled.until(() => cancelled.server.lanes === 2);
  await click("#cancel_upload");
  await cancelled.until(() => cancelled.server.uploads.size === 0);
});

test("progress counts what the store has, and only grows", async () => {
  const opened = await visit(large("a", 4 * MB), large("b", 4 * MB));
  const seen: number[] = [];
  opened.server.fate = () => {
    seen.push(uploadState(opened.page, "docs").progress.percent);
    return "arrives";
  };
  await click("#send");
  await opened.done();
  assert.deepEqual(seen, [...seen].sort((one, other) => one - other));
  assert.ok(seen.some((percent) => percent > 40 && percent < 60), seen.join(" "));
});
