/**
 * Patches of what changed: whatever the trees, the page becomes what a fresh one is; and each view has its turn.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { apply } from "../src/patch/apply.ts";
import type { Change, Op, Row } from "../src/patch/change.ts";
import { show } from "../src/talk/shown.ts";
import { click, find, onClick, open, randomNumbers, settle } from "./harness.ts";

type Random = (below: number) => number;
type Item = { tag: string; title: string; items: Item[] } | { range: Item[] } | { rows: [key: number, items: Item[]][]; marked: boolean };

const html = (items: readonly Item[]): string => items.map(htmlOf).join("");
const rowHtml = (marked: boolean, items: readonly Item[]): string => (marked ? "<!--fk,-->" : "") + html(items);

function htmlOf(item: Item): string {
  if ("tag" in item) return `<${item.tag} title="${item.title}">${html(item.items)}</${item.tag}>`;
  const inner = "range" in item ? html(item.range) : item.rows.map(([, items]) => rowHtml(item.marked, items)).join("");
  return `<!--fk[-->${inner}<!--fk]-->`;
}

function randomItems(random: Random, depth: number): Item[] {
  return Array.from({ length: random(4) }, () => randomItem(random, depth));
}

function randomItem(random: Random, depth: number): Item {
  const kind = depth > 0 ? random(4) : 0;
  if (kind === 2) return { range: randomItems(random, depth - 1) };
  if (kind === 3) {
    const marked = random(2) === 0;
    const keys = [1, 2, 3, 4, 5].filter(() => random(2) === 0);
    return { marked, rows: keys.map((key) => [key, randomRow(random, depth, marked)]) };
  }
  return { tag: ["div", "section", "article"][random(3)] ?? "div", title: `${random(3)}`, items: depth > 0 ? randomItems(random, depth - 1) : [] };
}

function randomRow(random: Random, depth: number, marked: boolean): Item[] {
  return marked ? randomItems(random, depth - 1) : [{ tag: "div", title: `${random(3)}`, items: randomItems(random, depth - 1) }];
}

/** The same shape with other content: only what may vary on a page varies. */
function vary(random: Random, items: readonly Item[]): Item[] {
  return items.map((item) => {
    if ("tag" in item) return { ...item, title: random(3) ? item.title : "new", items: vary(random, item.items) };
    if ("range" in item) return { range: random(3) ? vary(random, item.range) : randomItems(random, 1) };
    const rows = item.rows.filter(() => random(4) > 0).map(([key, inner]): [number, Item[]] => [key, vary(random, inner)]);
    rows.push(...[6, 7].filter(() => random(2) === 0).map((key): [number, Item[]] => [key, randomRow(random, 1, item.marked)]));
    const order = new Map(rows.map((row) => [row, random(9)]));
    return { ...item, rows: rows.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)) };
  });
}

const rangesOf = (items: readonly Item[]): Item[] => items.flatMap((item) => ("tag" in item ? rangesOf(item.items) : [item]));
const withKeeps = (items: readonly Item[]): string =>
  items.map((item) => ("tag" in item ? `<${item.tag} title="${item.title}">${withKeeps(item.items)}</${item.tag}>` : "<!--fk=-->")).join("");

/** The patch between two blocks of one shape; how much of it is markup is left to chance. */
function patchBetween(random: Random, old: readonly Item[], now: readonly Item[]): Change {
  const ranges = rangesOf(old).map((range, number): Op => opBetween(random, number, range, rangesOf(now)[number] as Item));
  if (random(3) === 0) return [withKeeps(now), ranges];
  const elements = (before: readonly Item[], after: readonly Item[], path: readonly number[]): Op[] => {
    let place = -1;
    return before.flatMap((item, index): Op[] => {
      const next = after[index] as Item;
      if (!("tag" in item) || !("tag" in next)) return [];
      place += 1;
      if (random(3) === 0) return [["element", [...path, place], withKeeps([next])]];
      const inner = elements(item.items, next.items, [...path, place]);
      return item.title === next.title ? inner : [["attributes", [...path, place], `<${next.tag} title="${next.title}">`], ...inner];
    });
  };
  return [null, [...elements(old, now, []), ...ranges]];
}

function opBetween(random: Random, number: number, old: Item, now: Item): Op {
  if ("rows" in old && "rows" in now) {
    const rows = now.rows.map(([key, items]): Row => {
      const place = old.rows.findIndex(([other]) => other === key);
      const before = old.rows[place]?.[1];
      if (!before) return rowHtml(now.marked, items);
      // A row's comment is its own, and comes again when the row is sent whole.
      if (html(before) === html(items)) return [place, 1];
      const [whole, ops] = patchBetween(random, before, items);
      return [place, [whole === null ? null : (now.marked ? "<!--fk,-->" : "") + whole, ops]];
    });
    return ["rows", number, old.rows.length, rows];
  }
  return "range" in old && "range" in now ? ["range", number, sameShape(old.range, now.range) ? patchBetween(random, old.range, now.range) : [html(now.range), []]] : ["range", number, [null, []]];
}

function sameShape(old: readonly Item[], now: readonly Item[]): boolean {
  return old.length === now.length && old.every((item, index) => {
    const next = now[index] as Item;
    if ("tag" in item) return "tag" in next && item.tag === next.tag && sameShape(item.items, next.items);
    return "range" in item ? "range" in next : "rows" in next && item.marked === next.marked;
  });
}

test("a patched page is what a fresh one is", () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = randomNumbers(seed);
    const old = randomItems(random, 3);
    const now = vary(random, old);
    const { root } = open("");
    root.innerHTML = html(old);
    apply({ parent: root, before: null, end: null }, patchBetween(random, old, now), new Set());
    assert.equal(root.innerHTML, html(now), `seed ${seed}`);
  }
});

test("a kept range stays where it is, also when what is around it changes", () => {
  const { root } = open('<p>a</p><!--fk[--><b></b><!--fk]--><div class="x"><!--fk[--><i></i><!--fk]--></div>');
  const [bold, italic] = [find("b"), find("i")];
  const observed: Node[] = [];
  const observer = new MutationObserver(() => undefined);
  observer.observe(root, { childList: true, subtree: true });
  apply({ parent: root, before: null, end: null }, ['<h1>t</h1><!--fk=--><div class="y"><!--fk=--></div>', []], new Set());
  for (const { removedNodes } of observer.takeRecords()) observed.push(...removedNodes);
  assert.equal(root.innerHTML, '<h1>t</h1><!--fk[--><b></b><!--fk]--><div class="y"><!--fk[--><i></i><!--fk]--></div>');
  assert.deepEqual([find("b"), find("i"), observed.map(({ nodeName }) => nodeName)], [bold, italic, ["P"]]);
});

test("rows that stay are not touched, and those that change their order are as few as can be", () => {
  const rows = (names: string): string => [...names].map((name) => `<li>${name}</li>`).join("");
  const { root } = open(`<ul><!--fk[-->${rows("abcdef")}<!--fk]--></ul>`);
  const observer = new MutationObserver(() => undefined);
  observer.observe(root, { childList: true, subtree: true });
  const apart = (row: Row, ...more: Row[]): string[] => {
    apply({ parent: root, before: null, end: null }, [null, [["rows", 0, root.querySelectorAll("li").length, [row, ...more]]]], new Set());
    const records = observer.takeRecords().flatMap(({ addedNodes, removedNodes }) => [...addedNodes, ...removedNodes]);
    return [root.textContent, [...new Set(records.map(({ textContent }) => textContent))].sort().join("")] as string[];
  };
  assert.deepEqual(apart([0, 2], "<li>x</li>", "<li>y</li>", [3, 3]), ["abxydef", "cxy"]);
  assert.deepEqual(apart([1, 6], [0, 1]), ["bxydefa", "a"]);
  assert.deepEqual(apart([6, 1], [0, ["<li>B</li>", []]], "<li>z</li>", [2, 4]), ["aBzydef", "axz"]);
});

test("rows that are not there, or whose markup does not end, are for another page", () => {
  const { root } = open("<div><!--fk[--><p>a</p><p>b</p><!--fk]--></div>");
  const rows = (...rows: Row[]): void => apply({ parent: root, before: null, end: null }, [null, [["rows", 0, 2, rows]]], new Set());
  assert.throws(() => rows([0, 3]));
  assert.throws(() => rows([2, ["<p>c</p>", []]]));
  assert.throws(() => rows([1, 1], [0, 1], [2, 1]));
  assert.throws(() => rows([0, 1], [0, 1]));
  assert.throws(() => rows("<p>c<b>", "<p>d</p>"));
  root.innerHTML = "<div><!--fk[--><p></p><div>a</div><p></p><p></p><div>b</div><p></p><!--fk]--></div>";
  assert.throws(() => rows([0, 1]));
});

test("what a visitor opened stays open until the server says otherwise", () => {
  const { root, page } = open("<details><summary>s</summary></details>");
  const details = find("details") as HTMLDetailsElement;
  const say = (html: string): boolean => {
    show(page, { instance: "I", version: page.shown.version + 1, body: html });
    return (root.firstChild as HTMLDetailsElement).open;
  };
  Object.assign(page.shown, { instance: "I", version: 0 });
  details.open = true;
  const [open1, closed] = ["<details open><summary>s</summary></details>", "<details><summary>s</summary></details>"];
  assert.deepEqual([say(closed), say(open1), say(closed)], [true, true, false]);
  assert.equal(say(open1), true);
  details.open = false;
  assert.deepEqual([say(closed), say(open1)], [false, true]);
});

test("markup is read for its place", () => {
  const { root } = open("<table><tbody><!--fk[--><tr><td>a</td></tr><!--fk]--></tbody></table>");
  apply({ parent: root, before: null, end: null }, [null, [["rows", 0, 1, [[0, 1], "<tr><td>b</td></tr>"]]]], new Set());
  assert.equal(root.innerHTML, "<table><tbody><!--fk[--><tr><td>a</td></tr><tr><td>b</td></tr><!--fk]--></tbody></table>");
});

const BUTTON = `<button ${onClick({ event: "a", arguments: [] })}>b</button>`;
const count = (n: number): Change => [null, [["range", 0, [`${n}`, []]]]];
const BODY = `${BUTTON}<p><!--fk[-->0<!--fk]--></p>`;

function openInstance(): ReturnType<typeof open> {
  const opened = open(BODY);
  Object.assign(opened.page.shown, { instance: "I", version: 0 });
  return opened;
}

/** Lets no time pass until the returned function is called; then everything that waits is due. */
function holdTimers(context: TestContext): () => void {
  const { setTimeout } = globalThis;
  context.after(() => Object.assign(globalThis, { setTimeout }));
  const due: (() => void)[] = [];
  Object.assign(globalThis, { setTimeout: (run: (...given: unknown[]) => void, _after: number, ...given: unknown[]) => due.push(() => run(...given)) });
  return () => {
    for (const run of due.splice(0)) run();
  };
}

test("a request says what the page shows, and a reply's patch is the next version", async () => {
  const { net } = openInstance();
  for (const n of [1, 2]) {
    await click("button");
    assert.equal((net.last.call as { instance?: string }).instance, `I.${n - 1}`);
    await net.last.answer({ view: { instance: "I", from: n - 1, version: n, patch: count(n) } });
    assert.equal(find("p").textContent, `${n}`);
  }
});

test("what was shown already is dropped, and what comes too early waits", (context) => {
  const pass = holdTimers(context);
  const { page, net } = openInstance();
  show(page, { instance: "I", from: 1, version: 2, patch: count(2) });
  assert.equal(find("p").textContent, "0");
  show(page, { instance: "I", from: 0, version: 1, patch: count(1) });
  pass();
  assert.equal(find("p").textContent, "2");
  show(page, { instance: "I", from: 0, version: 1, patch: count(1) });
  assert.equal(find("p").textContent, "2");
  assert.equal(net.sent.length, 0);
});

test("a chain that comes the wrong way round needs no time and no question", (context) => {
  const pass = holdTimers(context);
  const { page, net } = openInstance();
  for (const from of [2, 1, 0]) show(page, { instance: "I", from, version: from + 1, patch: count(from + 1) });
  assert.deepEqual([find("p").textContent, page.shown.version], ["3", 3]);
  pass();
  assert.equal(net.sent.length, 0);
});

test("a page of another name counts only if it was asked for, and an empty title is one", () => {
  const { page } = openInstance();
  document.title = "old";
  show(page, { instance: "J", version: 9, body: "<p>whole</p>" });
  assert.deepEqual([page.shown.instance, document.title], ["I", "old"]);
  show(page, { instance: "I", from: 0, version: 1, title: "", patch: [null, []] });
  assert.equal(document.title, "");
});

test("a patch whose turn does not come, or that fits nothing, asks for the whole page once", async (context) => {
  const pass = holdTimers(context);
  for (const [from, patch] of [[3, count(4)], [0, [null, [["range", 7, ["x", []]]]]], [0, ["<!--fk=--><!--fk=-->", []]]] as [number, Change][]) {
    const { page, net } = openInstance();
    show(page, { instance: "I", from, version: 4, patch });
    show(page, { instance: "I", from, version: 4, patch });
    pass();
    assert.deepEqual(net.sent.map(({ url, call }) => [url, call]), [["/_filekit/view", { page: "/here?a=1", instance: "I.0" }]]);
    await net.last.answerText(JSON.stringify({ view: { instance: "J", version: 0, body: "<p>whole</p>" }, actions: [] }), 200);
    assert.deepEqual([find("p").textContent, page.shown.instance], ["whole", "J"]);
  }
});

test("developers are told why a patch did not fit", () => {
  const { page } = openInstance();
  const told: string[] = [];
  document.addEventListener("filekit:report", (event) => told.push((event as CustomEvent<{ code: string }>).detail.code));
  show(page, { instance: "I", from: 0, version: 1, patch: [null, [["range", 7, ["x", []]]]] });
  assert.deepEqual(told, ["client.bad-page"]);
});

test("an event whose reply got lost is not sent again; the page is asked for", async () => {
  const { net } = openInstance();
  await click("button");
  await net.last.fail();
  assert.deepEqual(net.sent.map(({ url }) => url), ["/_filekit/event", "/_filekit/view"]);
  await net.last.fail();
  await settle();
  assert.equal(net.sent.length, 2);
});
