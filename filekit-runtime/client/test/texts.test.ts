/**
 * Fixed words: each comes from the catalogue, in the page's own words and in its language's forms.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sizeText } from "../src/page/format.ts";
import { text } from "../src/page/words.ts";
import { RESUME_TEXTS, TEXTS, TRANSFER_TEXTS } from "../src/texts.ts";
import { text as textOfUploads } from "../src/transfer/words.ts";
import { choose, file, find, open, zone } from "./harness.ts";
import { readModules } from "./modules.ts";

test("English is counted", () => {
  open("");
  assert.deepEqual([0, 1, 2, 1234].map((count) => text("client.selected", { count })), ["0 files selected", "1 file selected", "2 files selected", "1,234 files selected"]);
  assert.equal(text("client.bad-reply", { status: "1502" }), "The server's answer could not be read (1502). Please try again.");
});

test("a page has words and forms of its own", () => {
  const texts = { "client.selected.one": "Wybrano {count} plik", "client.selected.few": "Wybrano {count} pliki", "client.selected.many": "Wybrano {count} plików", "client.percent": "{percent} procent" };
  open("", "", { lang: "pl", texts });
  assert.deepEqual([1, 3, 5, 22].map((count) => text("client.selected", { count })), ["Wybrano 1 plik", "Wybrano 3 pliki", "Wybrano 5 plików", "Wybrano 22 pliki"]);
  assert.equal(textOfUploads("client.percent", { percent: 25 }), "25 procent");
  assert.equal(textOfUploads("client.done"), "Upload finished");
});

test("a language without forms needs one text, and other forms stand in for a missing one", () => {
  open("", "", { lang: "ja", texts: { "client.selected": "{count} 個のファイルを選択" } });
  assert.equal(text("client.selected", { count: 3 }), "3 個のファイルを選択");
  open("", "", { lang: "pl", texts: { "client.selected.other": "Pliki: {count}" } });
  assert.equal(text("client.selected", { count: 5 }), "Pliki: 5");
});

test("numbers and units are the language's", () => {
  open("", "", { lang: "fr", texts: { "client.units": "o ko Mo Go To" } });
  assert.equal(sizeText(1500), "1,5 ko");
});

test("what is no language is spoken as English, and a placeholder without a value stays", () => {
  for (const lang of ["", "not a language", "en_US"]) {
    open("", "", { lang });
    assert.equal(text("client.selected", { count: 1 }), "1 file selected");
  }
  open("", "", { texts: { "client.done": "{name} is done" } });
  assert.equal(textOfUploads("client.done"), "{name} is done");
});

test("what is shown and announced is the page's", async () => {
  const texts = { "client.selected.one": "Eine Datei", "client.notifications": "Meldungen", "upload.too-large": "{name}: höchstens {limit}", "client.close": "Schließen" };
  open(zone("docs", "", "multiple", { rules: { max_size: 1500 } }), "", { lang: "de", texts });
  await choose("docs", file("a"), file("b", "x".repeat(1501)));
  assert.deepEqual([find("[role=status]").textContent, find("[role=alert] p").textContent], ["Eine Datei", "b: höchstens 1,5 KB"]);
  assert.deepEqual([find(".fk-toasts").ariaLabel, find(".fk-toast-close").ariaLabel], ["Meldungen", "Schließen"]);
});

test("no other module has words for visitors", () => {
  const words = [TEXTS, TRANSFER_TEXTS, RESUME_TEXTS].flatMap((list): string[] => Object.values(list));
  for (const { path, source } of readModules().filter(({ path }) => !["texts.ts", "development/words.ts"].includes(path))) {
    const code = source.replace(/\/\*\*[^]*?\*\/|\/\/.*/g, "");
    for (const [literal] of code.matchAll(/"[^"\n]*"/g)) assert.doesNotMatch(literal, /^"[A-Z][a-z]+( [a-z]+)+/, path);
    for (const word of words.filter((each) => each.includes(" "))) assert.ok(!code.includes(word), `${path}: ${word}`);
  }
});
