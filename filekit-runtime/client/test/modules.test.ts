/**
 * The client's rooms: who may import whom. They are described in `client/README.md`.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { circles, linked, readModules } from "./modules.ts";

/** So many modules may import one another in a circle, by values. */
const LARGEST_CIRCLE = 4;

/** From the lowest to the highest: a room may use values of those before it. */
const ROOMS = ["names", "texts", "page", "patch", "talk", "bind", "upload", "act", "start", "client"];

/** The rooms of the other scripts. What they have of the first one's they have for themselves, see `dist.test.ts`. */
const LATER = ["transfer", "resume", "development"];

function roomOf(path: string): string {
  return path.replace(/(\/.*|\.ts)$/, "");
}

test("no large circle of modules import one another", () => {
  for (const circle of circles(readModules())) assert.ok(circle.length <= LARGEST_CIRCLE, `${circle.length} modules in a circle: ${circle.join(", ")}`);
});

test("a circle is seen through re-exports, and types make none", () => {
  const sources = { "a.ts": `import { b } from "./all.ts";`, "all.ts": `export { b } from "./x/b.ts";`, "x/b.ts": `import { type A, c } from "./c.ts";`, "x/c.ts": `import { a } from "../a.ts";` };
  const circlesOf = (more: Record<string, string>): string[][] => circles(linked(new Map(Object.entries({ ...sources, ...more }))));
  assert.deepEqual(circlesOf({}), [["a.ts", "x/b.ts", "x/c.ts"]]);
  assert.deepEqual(circlesOf({ "x/c.ts": `import type { A } from "../a.ts"; import { type a } from "../a.ts";` }), []);
  assert.deepEqual(circlesOf({ "a.ts": `import "./x/b.ts";` }), [["a.ts", "x/b.ts", "x/c.ts"]]);
  assert.deepEqual(circlesOf({ "all.ts": `export type { b } from "./x/b.ts";` }), []);
});

test("a room uses those below it, and types of any", () => {
  for (const { path, imports } of readModules()) {
    const room = roomOf(path);
    assert.ok(LATER.includes(room) || ROOMS.includes(room), `${path} is in no room`);
    for (const { from, name } of imports.filter(({ isType }) => !isType)) {
      const isBelow = LATER.includes(room) ? roomOf(from) !== "act" : ROOMS.indexOf(roomOf(from)) <= ROOMS.indexOf(room) && ROOMS.includes(roomOf(from));
      assert.ok(isBelow, `${path} takes ${name} of ${from}, which is above it`);
    }
  }
});

test("the README shows every room", () => {
  const readme = readFileSync("README.md", "utf8");
  for (const room of [...ROOMS, ...LATER]) assert.match(readme, new RegExp(`^ *(\\d )? *${room}(/|\\.ts)? {2,}\\S`, "m"), room);
});
