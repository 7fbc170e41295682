/**
 * Written by `cargo xtask client` from `wire.rs`: the names that the server and this client share.
 */

/** Attributes that views carry for the browser. */
export const ATTRIBUTES = {
  /** Where filekit is mounted, on `<body>`. */
  base: "data-filekit-base",
  /**
   * Path and query of the page, on `<body>`. The address bar may show others: those of a form that the document answers,
   * or those from before a layer or a proxy has rewritten them.
   */
  page: "data-filekit-page",
  /** On `<body>`: which page instance the document is, and in which version. */
  instance: "data-filekit-instance",
  /** On `<body>` of a document that is to follow its visitor's state. */
  live: "data-filekit-live",
  /** On `<body>` in development: which start of the program has made the document, and what it has around views. */
  program: "data-filekit-program",
  /** Followed by the event's name: the actions that it sets off. Empty on a button that calls the event in its value. */
  on: "data-filekit-on-",
  /** The id of an upload, on its zone. */
  upload: "data-filekit-upload",
  /** What an upload takes, as JSON on its zone; left out when it takes everything. */
  rules: "data-filekit-rules",
  /** How an upload's zone behaves, as JSON; left out when nothing is out of the ordinary. */
  options: "data-filekit-options",
  /** The client's texts that were given other words, as JSON on `<body>`; left out when there are none. */
  texts: "data-filekit-texts",
  /** An expression that is the element's text. */
  text: "data-filekit-text",
  /** Followed by an attribute's name: the expression that it follows. */
  attribute: "data-filekit-attribute-",
  /** The declarations of an element's own style. A `style` attribute would need a policy that allows inline styles. */
  style: "data-filekit-style",
  /** An expression that is a list, on the `<template>` of its rows. */
  for: "data-filekit-for",
  /** How many client lists stand around the rows, themselves included. */
  depth: "data-filekit-depth",
  /** A condition, on the `<template>` of what it shows. */
  if: "data-filekit-if",
  /** On the `<template>` of what is shown where the condition before it does not hold. */
  else: "data-filekit-else",
} as const;

/** Comments that stand in markup. */
export const MARKERS = {
  /** Before what has a varying number of nodes. */
  begin: "fk[",
  /** Behind what has a varying number of nodes. */
  end: "fk]",
  /** Before each row of a list whose rows are not one element each. */
  row: "fk,",
  /** In a patch, in place of what the page has already. */
  keep: "fk=",
  /** Between pieces of markup that the browser reads at once; it never travels. */
  apart: "fk;",
} as const;

/** Actions that a browser does by itself. */
export const ACTIONS = {
  clear_selected_files: "clear_selected_files",
  clear_form: "clear_form",
  cancel_upload: "cancel_upload",
  pause_upload: "pause_upload",
  resume_upload: "resume_upload",
  discard_unfinished: "discard_unfinished",
  open_file_dialog: "open_file_dialog",
  remove_file: "remove_file",
  cancel_file: "cancel_file",
  retry_file: "retry_file",
  download: "download",
  toast: "toast",
  redirect: "redirect",
} as const;

/** First words of expressions. */
export const EXPRESSIONS = {
  selected_files: "selected_files",
  rejected_files: "rejected_files",
  unfinished_files: "unfinished_files",
  upload_progress: "upload_progress",
  is_uploading: "is_uploading",
  is_paused: "is_paused",
  is_waiting: "is_waiting",
  has_selection: "has_selection",
  is_dragging: "is_dragging",
  value_of: "value_of",
  upload_files: "upload_files",
  item: "item",
  get: "get",
  not: "not",
  and: "and",
  or: "or",
  is: "is",
} as const;

/** Fields of selected files, rejected files and progress. */
export const FIELDS = {
  name: "name",
  path: "path",
  size: "size",
  size_text: "size_text",
  mime: "mime",
  preview_url: "preview_url",
  status: "status",
  progress: "progress",
  rate_text: "rate_text",
  eta_text: "eta_text",
  error: "error",
  code: "code",
  message: "message",
  percent: "percent",
  loaded: "loaded",
  total: "total",
} as const;

/** Paths below the place where filekit is mounted. */
export const PATHS = {
  /** Where events without files arrive. */
  event: "/_filekit/event",
  /** Where events with files arrive; followed by capabilities, forms. */
  upload: "/_filekit/upload",
  /** Where the bytes of an upload arrive that can be resumed, followed by its id. */
  partial: "/_filekit/partial/",
  /** Where other programs send files; the query says to which event. */
  endpoint: "/_filekit/endpoint",
  /** Where a form arrives whose button brings its call along. */
  form: "/_filekit/form",
  /** Where a page that has lost track of its versions asks for the whole view. */
  view: "/_filekit/view",
  /** Where a document follows its visitor's state. */
  live: "/_filekit/live",
  /** Where a document in development hears which start of the program answers. */
  development: "/_filekit/development",
  /** Whether the server answers. */
  health: "/_filekit/health",
  /** Whether the server can do its work. */
  ready: "/_filekit/ready",
  /**
   * Where downloads are fetched. The capability stands in the query: as a parameter of the path it would be one of the
   * page's path too, which the page's extractors do not expect.
   */
  download: "/_filekit/download",
  /** Where a download is fetched that an event has made; the query is a word that is good for once. */
  fetch: "/_filekit/fetch",
  /** The browser client. */
  client_script: "/_filekit/client.js",
  /** The part of the browser client that pages with uploads load. */
  transfer_script: "/_filekit/transfer.js",
  /** The part of the browser client that is loaded for uploads which are large, broken or remembered. */
  resume_script: "/_filekit/resume.js",
  /** The part of the browser client that documents in development load. */
  development_script: "/_filekit/development.js",
  /** The default stylesheet. */
  client_style: "/_filekit/client.css",
  /** The styles of one page's elements, which stand in the query. */
  page_style: "/_filekit/page.css",
  /** The default icon of documents. */
  icon: "/_filekit/icon.svg",
  /** A stored file, followed by its key. */
  files: "/_upload/",
} as const;

/** Media types of uploads that can be resumed. */
export const MEDIA = {
  /** What is going to be sent, as JSON; behind it, all bytes at once, if they do not come later. */
  plan: "application/vnd.filekit.plan",
  /** Bytes from an offset on, as the IETF draft of resumable uploads names them. */
  partial: "application/partial-upload",
} as const;

/** Headers of uploads that can be resumed: those of the IETF draft, and one of our own. */
export const HEADERS = {
  /** How many bytes of the upload are there. */
  offset: "upload-offset",
  /** Whether the upload ends with this body. */
  complete: "upload-complete",
  /** How many bytes the upload has. */
  length: "upload-length",
  /** How long the upload is kept, among other limits. */
  limit: "upload-limit",
  /** The page instance, and the version that it shows by now. */
  instance: "filekit-instance",
} as const;

/** Codes of refusals that mean something to the browser. */
export const OUT_OF_DATE = "event.out-of-date";
export const TRUNCATED = "upload.truncated";
export const GONE = "upload.gone";

/** Codes of what only the browser can notice. */
export const NETWORK = "client.network";
export const BAD_REPLY = "client.bad-reply";
export const BAD_PAGE = "client.bad-page";
export const BAD_URL = "client.bad-url";
export const INCOMPLETE = "client.incomplete";
export const CHANGED = "client.changed";
export const UNREADABLE = "client.unreadable";
export const FAILED = "client.failed";

/** The first part of a multipart body: the call that the files belong to. */
export const CALL_PART = "call";
