/**
 * Following what the server says by itself: while the document is visible, for the version that is shown, and again after trouble.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { browserTransport } from "../src/transport.ts";
import { type Followed, find, open, settle, type TestPage } from "./harness.ts";

const BODY = "<p><!--fk[-->0<!--fk]--></p>";

const openLive = (): TestPage => open(BODY, "/app", { live: "I.0" });

/** What the server sends when a state is another. */
const patch = (from: number, more: object = {}): string =>
  JSON.stringify({ view: { instance: "I", from, version: from + 1, patch: [null, [["range", 0, [`${from + 1}`, []]]]] }, actions: [], ...more });

function last({ net }: TestPage): Followed {
  return net.followed.at(-1) as Followed;
}

function hide(hidden: boolean): void {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

/** Notes how long timers wait, and lets the last of them be due. */
function holdTimers(context: TestContext): { waits: number[]; pass(): void } {
  const { setTimeout } = globalThis;
  const { random } = Math;
  context.after(() => Object.assign(globalThis, { setTimeout }) && Object.assign(Math, { random }));
  const [waits, due]: [number[], (() => void)[]] = [[], []];
  Object.assign(globalThis, { setTimeout: (run: () => void, wait: number) => due.push(run) && waits.push(wait) });
  Math.random = () => 1;
  return { waits, pass: () => due.pop()?.() };
}

test("a document follows only if the server says so, and shows what comes", async () => {
  assert.deepEqual(open(BODY).net.followed, []);
  const opened = openLive();
  assert.deepEqual(opened.net.followed.map(({ url }) => url), ["/app/_filekit/live?page=%2Fhere%3Fa%3D1&instance=I.0"]);
  last(opened).onText(patch(0, { actions: [{ action: "redirect", url: "/login" }] }));
  await settle();
  assert.deepEqual([find("p").textContent, opened.net.assigned], ["1", ["/login"]]);
});

test("a hidden document has no connection, and a visible one asks for what it missed", () => {
  const opened = openLive();
  last(opened).onText(patch(0));
  hide(true);
  hide(true);
  assert.deepEqual(opened.net.followed.map(({ isOpen }) => isOpen), [false]);
  hide(false);
  hide(false);
  assert.deepEqual(opened.net.followed.map(({ isOpen }) => isOpen), [false, true]);
  assert.match(last(opened).url, /instance=I\.1$/);
});

test("a connection that ends is opened again, later and later, and soon again once one was open", (context) => {
  const { waits, pass } = holdTimers(context);
  const opened = openLive();
  for (let times = 0; times < 7; times += 1) {
    last(opened).onEnd();
    pass();
  }
  assert.deepEqual([opened.net.followed.length, waits], [8, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]]);
  last(opened).onOpen();
  last(opened).onText(patch(0));
  last(opened).onEnd();
  pass();
  assert.deepEqual([waits.at(-1), /I\.1$/.test(last(opened).url)], [1000, true]);
});

test("what waits to be opened again is opened once, and not while nobody can see it", (context) => {
  const { pass } = holdTimers(context);
  const opened = openLive();
  last(opened).onEnd();
  hide(true);
  pass();
  assert.equal(opened.net.followed.length, 1);
  hide(false);
  last(opened).onEnd();
  hide(true);
  hide(false);
  pass();
  assert.equal(opened.net.followed.length, 3);
});

test("a document whose name another has taken asks for one of its own", async (context) => {
  const opened = openLive();
  const { pass } = holdTimers(context);
  last(opened).onText('{"replaced":true}');
  assert.deepEqual(opened.net.last.call as object, { page: "/here?a=1", instance: "I.0", anew: true });
  await opened.net.last.answer({ view: { instance: "J", version: 0, body: BODY } });
  last(opened).onEnd();
  pass();
  assert.match(last(opened).url, /instance=J\.0$/);
});

test("the browser does not connect again by itself, and what was closed has not ended", () => {
  const sources: { url: string; closed: boolean; onopen(): void; onmessage(event: object): void; onerror(): void }[] = [];
  Object.assign(globalThis, {
    EventSource: function (this: (typeof sources)[0], url: string) {
      Object.assign(this, { url, closed: false, close: () => (this.closed = true) });
      sources.push(this);
    },
  });
  const heard: string[] = [];
  const follow = (): (() => void) =>
    browserTransport().follow("/live", { onOpen: () => heard.push("open"), onText: (text) => heard.push(text), onEnd: () => heard.push("end") });
  follow();
  sources[0]?.onopen();
  sources[0]?.onmessage({ data: "{}" });
  sources[0]?.onerror();
  assert.deepEqual([heard, sources[0]?.url, sources[0]?.closed], [["open", "{}", "end"], "/live", true]);
  follow()();
  assert.deepEqual([heard.length, sources[1]?.closed], [3, true]);
});
