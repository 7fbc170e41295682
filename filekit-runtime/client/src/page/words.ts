/**
 * The fixed words that the client shows or announces, and the texts that a page has in their place.
 */
import { ATTRIBUTES } from "../names.ts";
import { TEXTS } from "../texts.ts";
import { readJson } from "./json.ts";

/** A key without the suffix of its form. */
export type Uncounted<Key> = Key extends `${infer Area}.${infer Name}.${string}` ? `${Area}.${Name}` : Key;
export type TextKey = Uncounted<keyof typeof TEXTS>;
/** The values of placeholders; a number is written as the page's language does, and `count` chooses the form. */
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
    // An invalid or empty language throws; then it stays English.
  }
}

/** Returns the words for a key of the first script's. */
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
