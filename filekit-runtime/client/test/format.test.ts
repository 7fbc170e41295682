/**
 * Words for sizes, rates and times.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { percentOf, sizeText } from "../src/page/format.ts";
import { etaText, rateText } from "../src/transfer/pace.ts";
import { limitText } from "../src/transfer/rules.ts";
import "./harness.ts";

test("sizes have decimal units and at most three digits", () => {
  const cases: [number, string][] = [
    [0, "0 B"], [1, "1 B"], [999, "999 B"], [1000, "1 KB"], [1234, "1.2 KB"], [99_950, "100 KB"], [999_499, "999 KB"],
    [999_500, "1 MB"], [20_000_000, "20 MB"], [1.5e9, "1.5 GB"], [3e12, "3 TB"], [4e15, "4,000 TB"],
  ];
  for (const [bytes, text] of cases) assert.equal(sizeText(bytes), text);
});

test("a limit is never written as more than it is", () => {
  const cases: [number, string][] = [
    [0, "0 B"], [999, "999 B"], [1000, "1 KB"], [1099, "1 KB"], [20_971_520, "20.9 MB"], [99_999_999, "99.9 MB"], [120_500_000, "120 MB"],
    [2e9, "2 GB"],
  ];
  for (const [bytes, text] of cases) assert.equal(limitText(bytes), text);
});

test("a rate that is unknown has no words", () => {
  assert.deepEqual([rateText(0), rateText(1500), etaText(100, 0), etaText(0, 100)], ["", "1.5 KB/s", "", ""]);
});

test("the time left is coarser the longer it is", () => {
  const cases: [number, string][] = [[0.1, "1 s left"], [9, "9 s left"], [31, "35 s left"], [61, "2 min left"], [3599, "60 min left"], [5400, "1.5 h left"]];
  for (const [seconds, text] of cases) assert.equal(etaText(seconds * 100, 100), text);
});

test("a hundred percent is everything", () => {
  assert.deepEqual([percentOf(0, 0), percentOf(999, 1000), percentOf(1000, 1000), percentOf(2, 1)], [0, 99, 100, 100]);
});
