/**
 * The committed bundle: it is what the sources make, small, and keeps the client's own rules.
 */
import assert from "node:assert/strict";
import { execSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { OWN_NAMES } from "../own-names.mjs";
import { readModules } from "./modules.ts";

/** How many bytes each script may have when it is sent. */
const LIMITS = { "client.js": 12 * 1024, "transfer.js": 4 * 1024, "resume.js": 4.25 * 1024, "development.js": 1.5 * 1024 };
const FILES = [...Object.keys(LIMITS), "client.css"];
/** Modules without a state, which all bundles may have. */
const SHARED = ["names.ts", "texts.ts", "page/format.ts", "page/page.ts", "talk/reply.ts", "talk/shown.ts", "upload/files.ts", "upload/jobs.ts", "upload/stored.ts"];
/** The rooms of the scripts that the first one loads. */
const LOADED = ["transfer", "resume"];
/** The rooms of all scripts but the first. */
const LATER = [...LOADED, "development"];

test("the bundle is what the sources make", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  const scratch = mkdtempSync(join(tmpdir(), "filekit-client-"));
  const env = { ...process.env, PATH: [resolve("node_modules/.bin"), process.env["PATH"]].join(delimiter) };
  for (const name of ["build:js", "build:css"]) execSync((scripts[name] ?? "").replace("dist/", `${scratch}/`), { env });
  for (const name of FILES) {
    assert.ok(readFileSync(join("dist", name)).equals(readFileSync(join(scratch, name))), `dist/${name} is old: cargo xtask client`);
  }
  rmSync(scratch, { recursive: true });
});

test("what is sent compressed is the bundle, and small", () => {
  for (const name of FILES) {
    const compressed = readFileSync(join("dist", `${name}.gz`));
    assert.ok(gunzipSync(compressed).equals(readFileSync(join("dist", name))), `dist/${name}.gz is old: cargo xtask client`);
  }
  for (const [name, limit] of Object.entries(LIMITS)) {
    const size = readFileSync(join("dist", `${name}.gz`)).length;
    assert.ok(size <= limit, `${name}: ${size} bytes`);
  }
});

test("the scripts ask for each other by the same versions", () => {
  const names = (script: string, other: string): boolean => {
    const version = createHash("sha256").update(readFileSync(`dist/${other}.js`)).digest("hex").slice(0, 16);
    return readFileSync(`dist/${script}.js`, "utf8").includes(`"./${other}.js?version=${version}"`);
  };
  for (const name of LOADED) assert.ok(names("client", name), name);
  assert.ok(names("development", "client"));
});

test("what has a state is in one of the scripts only", () => {
  const scriptOf = (path: string): string => LATER.find((room) => path.startsWith(`${room}/`)) ?? "client";
  for (const { path, imports } of readModules()) {
    for (const { from } of imports.filter(({ isType }) => !isType)) {
      const isOwn = scriptOf(path) === scriptOf(from);
      // That of development imports the first one itself, and has no copy of it.
      const isBeside = path === "development/development.ts" && from === "client.ts";
      assert.ok(isOwn || isBeside || (scriptOf(path) !== "client" && SHARED.includes(from)), `${path} has ${from} of its own`);
    }
  }
});

test("only names that are the client's own are made short", () => {
  const [sources, browsers] = [readModules().map(({ source }) => source).join("\n"), textsIn("node_modules/typescript/lib", /^lib\.(dom|es).*\.d\.ts$/)];
  for (const name of OWN_NAMES) {
    assert.ok(new RegExp(`\\b${name}\\b`).test(sources), `there is no ${name}`);
    assert.ok(!new RegExp(`["']${name}["']`).test(sources), `${name} is a text, too`);
    assert.ok(!new RegExp(`^\\s+(readonly |get |set )?${name}\\??[(:]`, "m").test(browsers), `browsers have ${name}`);
  }
});

test("one module reads markup, one talks to the network, none runs text", () => {
  const rules: [RegExp, readonly string[]][] = [
    [/\b(innerHTML|outerHTML)\s*=[^=]|insertAdjacentHTML|DOMParser|createContextualFragment|document\.write/, ["patch/morph.ts"]],
    // One of the shared names is the path of what is fetched.
    [/\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon)\b|\bimport\(/, ["talk/transport.ts", "names.ts"]],
    [/\beval\b|new Function/, []],
  ];
  for (const { path, source } of readModules()) {
    assert.match(source, /^\/\*\*\n \* \S/, `${path} begins by saying what it is for`);
    for (const [rule, allowed] of rules) assert.ok(allowed.includes(path) || !rule.test(source), `${path} breaks ${String(rule)}`);
  }
});

function textsIn(folder: string, names: RegExp): string {
  const files = readdirSync(folder).filter((name) => names.test(name));
  return files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}
