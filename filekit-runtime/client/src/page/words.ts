/**
 * The fixed words that the client shows or announces, and what a page says in their place; it does not decide when. Those
 * of uploads are in `transfer/words.ts`.
 */
import { ATTRIBUTES } from "../names.ts";
import { readJson } from "./json.ts";

/** English, by the keys that pages may override. A key that ends in `.one` or `.other` is one form of a counted text. */
export const TEXTS = {
  "client.network": "The server could not be reached. Please check your connection and try again.",
  "client.bad-reply": "The server's answer could not be read ({status}). Please try again.",
  "client.too-large": "That is more than the server accepts at once.",
  "client.timed-out": "That took longer than the server allows. Please try again.",
  "client.incomplete": "A part of this page could not be loaded. Check your connection and try again, or reload the page.",
  "client.reference": "Reference: {reference}",
  "client.selected.one": "{count} file selected",
  "client.selected.other": "{count} files selected",
  "client.none-selected": "No files selected",
  "client.close": "Close",
  "client.notifications": "Notifications",
  "client.units": "B KB MB GB TB",
} as const;

/** A key without the suffix of its form. */
export type Uncounted<Key> = Key extends `${infer Area}.${infer Name}.${string}` ? `${Area}.${Name}` : Key;
export type TextKey = Uncounted<keyof typeof TEXTS>;
/** What stands for the placeholders; a number is written as the page's language does, and `count` chooses the form. */
export type Values = Readonly<Record<string, string | number>>;

let overrides: Words = {};
let plurals: Intl.PluralRules;
let numbers: Intl.NumberFormat;

export type Words = Readonly<Record<string, string>>;

function speak(language: string): void {
  plurals = new Intl.PluralRules(language);
  numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
}

speak("en");

/** Takes the language and the words of a page, before anything is said on it. */
export function loadTexts({ body, documentElement }: Document): void {
  overrides = readJson(body, ATTRIBUTES.texts);
  try {
    speak(documentElement.lang);
  } catch {
    // What is no language at all, such as nothing, throws; then it stays English.
  }
}

/** Returns the words for a key of the list above. */
export function text(key: TextKey, values?: Values): string {
  return textIn(TEXTS, key, values);
}

/** Returns the words for a key: the page's own before ours, the form that suits the count before any other. */
export function textIn(ours: Words, key: string, values: Values = {}): string {
  const forms = [`.${plurals.select(Number(values["count"]))}`, ".other", ""];
  const find = (words: Words): string | undefined => forms.map((form) => words[key + form]).find(Boolean);
  return (find(overrides) ?? find(ours) ?? "").replace(/{(\w+)}/g, (whole, name: string) => written(values[name] ?? whole));
}

/** Writes a number as the page's language does. */
export function written(value: string | number): string {
  return typeof value === "number" ? numbers.format(value) : value;
}
