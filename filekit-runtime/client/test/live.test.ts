/**
 * Following what the server says by itself: while the document is visible, for the version that is shown, and again after trouble.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { browserTransport } from "../src/talk/transport.ts";
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

/** How long timers wait, and what lets the last of them be due. */
interface Timers {
  readonly waits: number[];
  pass(): void;
}

function holdTimers(context: TestContext): Timers {
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

test("a server that does not know what another one has shown is told so at once", async () => {
  const opened = openLive();
  Object.assign(opened.page.shown, { version: 7 });
  last(opened).onText(patch(3));
  await settle();
  assert.equal(find("p").textContent, "0");
  assert.deepEqual(opened.net.followed.map(({ isOpen }) => isOpen), [false, true]);
  assert.match(last(opened).url, /instance=I\.7$/);
  last(opened).onText(patch(7));
  assert.equal(find("p").textContent, "8");
  assert.equal(opened.net.followed.length, 2);
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

/** Ends connections one after the other, and tells how long the client waited before each. */
function ends(opened: TestPage, { waits, pass }: Timers, times: number, isRefused: boolean): number[] {
  const before = waits.length;
  for (let time = 0; time < times; time += 1) {
    last(opened).onEnd(isRefused);
    pass();
  }
  return waits.slice(before);
}

test("a connection that ends is opened again, later and later, and soon again once one has held", (context) => {
  const timers = holdTimers(context);
  const opened = openLive();
  assert.deepEqual(ends(opened, timers, 7, false), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  assert.equal(opened.net.followed.length, 8);
  last(opened).onOpen();
  last(opened).onText(patch(0));
  timers.pass();
  assert.deepEqual(ends(opened, timers, 1, false), [1000]);
  assert.match(last(opened).url, /I\.1$/);
});

test("connections that open and end at once come later and later too", (context) => {
  const timers = holdTimers(context);
  const opened = openLive();
  const waits = [0, 0, 0].map(() => {
    last(opened).onOpen();
    return ends(opened, timers, 1, false);
  });
  assert.deepEqual(waits, [[1000], [2000], [4000]]);
});

test("a server that refuses a document is asked less and less, and as before once it is away", (context) => {
  const timers = holdTimers(context);
  const opened = openLive();
  const waits = ends(opened, timers, 11, true);
  assert.deepEqual(waits.slice(5), [32_000, 64_000, 128_000, 256_000, 300_000, 300_000]);
  assert.deepEqual(ends(opened, timers, 2, false), [300_000, 30_000]);
});

test("a document that sends its visitor away and is loaded again does so slowly", async (context) => {
  const { now } = performance;
  context.after(() => Object.assign(performance, { now }));
  const opened = openLive();
  const sendAway = async (age: number): Promise<number> => {
    performance.now = () => age;
    last(opened).onText(JSON.stringify({ actions: [{ action: "redirect", url: "/there" }] }));
    await settle();
    return opened.net.assigned.length;
  };
  assert.deepEqual([await sendAway(100), await sendAway(200), await sendAway(10_001)], [1, 1, 2]);
});

test("what waits to be opened again is opened once, and not while nobody can see it", (context) => {
  const { pass } = holdTimers(context);
  const opened = openLive();
  last(opened).onEnd(false);
  hide(true);
  pass();
  assert.equal(opened.net.followed.length, 1);
  hide(false);
  last(opened).onEnd(false);
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
  last(opened).onEnd(false);
  pass();
  assert.match(last(opened).url, /instance=J\.0$/);
});

test("the browser does not connect again by itself, and what was closed has not ended", () => {
  const sources: { url: string; closed: boolean; readyState: number; onopen(): void; onmessage(event: object): void; onerror(): void }[] = [];
  Object.assign(globalThis, {
    EventSource: function (this: (typeof sources)[0], url: string) {
      Object.assign(this, { url, closed: false, readyState: 0, close: () => Object.assign(this, { closed: true, readyState: 2 }) });
      sources.push(this);
    },
  });
  const heard: string[] = [];
  const follow = (): (() => void) =>
    browserTransport().follow("/live", { onOpen: () => heard.push("open"), onText: (text) => heard.push(text), onEnd: (isRefused) => heard.push(`end ${isRefused}`) });
  follow();
  sources[0]?.onopen();
  sources[0]?.onmessage({ data: "{}" });
  sources[0]?.onerror();
  assert.deepEqual([heard, sources[0]?.url, sources[0]?.closed], [["open", "{}", "end false"], "/live", true]);
  follow()();
  assert.deepEqual([heard.length, sources[1]?.closed], [3, true]);
  follow();
  Object.assign(sources[2] as object, { readyState: 2 }); // as browsers do when the status is none of success
  sources[2]?.onerror();
  assert.equal(heard.at(-1), "end true");
});
