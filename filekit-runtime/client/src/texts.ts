/**
 * Every fixed word that the client shows or announces, and what a page says in their place; it does not decide when.
 */
import { readJson } from "./json.ts";
import { ATTRIBUTES } from "./names.ts";

/** English, by the keys that pages may override. A key that ends in `.one` or `.other` is one form of a counted text. */
export const TEXTS = {
  "upload.too-large": "“{name}” is larger than {limit}.",
  "upload.too-small": "“{name}” is smaller than {limit}.",
  "upload.total-too-large": "The files are larger than {limit} together.",
  "upload.too-many-files": "Too many files: at most {limit} can be sent.",
  "upload.too-few-files": "Too few files: at least {limit} must be sent.",
  "upload.type-not-accepted": "“{name}” is not accepted here. Accepted: {accepted}.",
  "client.network": "The server could not be reached. Please check your connection and try again.",
  "client.bad-reply": "The server's answer could not be read ({status}). Please try again.",
  "client.too-large": "That is more than the server accepts at once.",
  "client.timed-out": "That took longer than the server allows. Please try again.",
  "client.unreadable": "“{name}” could not be read.",
  "client.reference": "Reference: {reference}",
  "client.more": "and {count} more",
  "client.selected.one": "{count} file selected",
  "client.selected.other": "{count} files selected",
  "client.none-selected": "No files selected",
  "client.already-selected": "Already selected",
  "client.uploading.one": "Uploading {count} file",
  "client.uploading.other": "Uploading {count} files",
  "client.percent": "{percent} %",
  "client.processing": "Processing",
  "client.done": "Upload finished",
  "client.cancelled": "Upload cancelled",
  "client.close": "Close",
  "client.notifications": "Notifications",
  "client.rate": "{size}/s",
  "client.seconds-left": "{count} s left",
  "client.minutes-left": "{count} min left",
  "client.hours-left": "{count} h left",
  "client.units": "B KB MB GB TB",
} as const;

/** A key without the suffix of its form. */
type Uncounted<Key> = Key extends `${infer Area}.${infer Name}.${string}` ? `${Area}.${Name}` : Key;
export type TextKey = Uncounted<keyof typeof TEXTS>;
/** What stands for the placeholders; a number is written as the page's language does, and `count` chooses the form. */
export type Values = Readonly<Record<string, string | number>>;

let overrides: Words = {};
let plurals: Intl.PluralRules;
let numbers: Intl.NumberFormat;

type Words = Readonly<Record<string, string>>;

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

/** Returns the words for a key: the page's own before ours, the form that suits the count before any other. */
export function text(key: TextKey, values: Values = {}): string {
  const forms = [`.${plurals.select(Number(values["count"]))}`, ".other", ""];
  const find = (words: Words): string | undefined => forms.map((form) => words[key + form]).find(Boolean);
  return (find(overrides) ?? find(TEXTS) ?? "").replace(/{(\w+)}/g, (whole, name: string) => written(values[name] ?? whole));
}

/** Writes a number as the page's language does. */
export function written(value: string | number): string {
  return typeof value === "number" ? numbers.format(value) : value;
}
