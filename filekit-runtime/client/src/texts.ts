/**
 * Written by `cargo xtask client` from `catalogue.rs`: the fixed words of this client in English, by the keys that pages may
 * override. A key that ends in `.one` or `.other` is one form of a counted text.
 */

/** The first script's. */
export const TEXTS = {
  "client.network": "The server could not be reached. Please check your connection and try again.",
  "client.bad-reply": "The server's answer could not be read ({status}). Please try again.",
  "client.unanswered": "The server gave no answer, and it is not known whether this was done. Please look before you try again.",
  "client.too-large": "That is more than the server accepts at once.",
  "client.timed-out": "That took longer than the server allows. Please try again.",
  "client.incomplete": "A part of this page could not be loaded. Check your connection and try again, or reload the page.",
  "client.reference": "Reference: {reference}",
  "client.selected.one": "{count} file selected",
  "client.selected.other": "{count} files selected",
  "client.none-selected": "No files selected",
  "client.close": "Close",
  "client.notifications": "Notifications",
  "client.waiting": "Waiting for the connection",
  "client.units": "B KB MB GB TB",
} as const;

/** Those of the script that pages with uploads load. */
export const TRANSFER_TEXTS = {
  "upload.too-large": "“{name}” is larger than {limit}.",
  "upload.too-small": "“{name}” is smaller than {limit}.",
  "upload.total-too-large": "The files are larger than {limit} together.",
  "upload.too-many-files": "Too many files: at most {limit} can be sent.",
  "upload.too-few-files": "Too few files: at least {limit} must be sent.",
  "upload.type-not-accepted": "“{name}” is not accepted here. Accepted: {accepted}.",
  "client.unreadable": "“{name}” could not be read.",
  "client.changed": "“{name}” has changed or is gone: choose it again.",
  "client.more": "and {count} more",
  "client.already-selected": "“{name}” is already selected.",
  "client.uploading.one": "Uploading {count} file",
  "client.uploading.other": "Uploading {count} files",
  "client.percent": "{percent} %",
  "client.processing": "Processing",
  "client.done": "Upload finished",
  "client.cancelled": "Upload cancelled",
  "client.rate": "{size}/s",
  "client.seconds-left": "{count} s left",
  "client.minutes-left": "{count} min left",
  "client.hours-left": "{count} h left",
} as const;

/** Those of the script that uploads load which break off and go on. */
export const RESUME_TEXTS = {
  "client.paused": "Paused",
  "client.resumed": "Going on",
  "client.unfinished.one": "{count} file was not sent to its end. Choose it again to go on.",
  "client.unfinished.other": "{count} files were not sent to their end. Choose them again to go on.",
  "client.discarded": "Unfinished upload discarded",
} as const;
