/**
 * The fields that expressions read are those that the client's objects have. The compiler compares most of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FIELDS } from "../src/names.ts";
import type { Progress } from "../src/page/page.ts";
import { NO_PROGRESS } from "../src/page/page.ts";
import { type RejectedFile, type SelectedFile, selectedFile } from "../src/upload/files.ts";
import { file } from "./harness.ts";

type Field = keyof typeof FIELDS;
/** What only the client reads. */
type Own = "content" | "hasChanged";
type Readable = Exclude<keyof SelectedFile | keyof RejectedFile | keyof Progress, Own>;

/** Neither has a name that the other lacks, or this is no type of `true`. */
const areSame: [Field] extends [Readable] ? ([Readable] extends [Field] ? true : never) : never = true;

test("the names of fields are written as they are read", () => {
  assert.ok(areSame);
  for (const [key, text] of Object.entries(FIELDS)) assert.equal(text, key);
});

test("selected files and progress have fields of the list alone", () => {
  const selected = selectedFile({ file: file("a.txt"), path: "a.txt" });
  for (const name of [...Object.keys(selected), ...Object.keys(NO_PROGRESS)]) assert.ok(name in FIELDS, name);
});
