/**
 * The names that this client and the server share, as one list that a test compares with the server's; no logic.
 */

/** Attributes of the page; those that end in a dash are followed by a name. */
export const ATTRIBUTES = {
  base: "data-filekit-base",
  page: "data-filekit-page",
  instance: "data-filekit-instance",
  live: "data-filekit-live",
  on: "data-filekit-on-",
  upload: "data-filekit-upload",
  rules: "data-filekit-rules",
  options: "data-filekit-options",
  texts: "data-filekit-texts",
  text: "data-filekit-text",
  attribute: "data-filekit-attribute-",
  style: "data-filekit-style",
  for: "data-filekit-for",
  depth: "data-filekit-depth",
  if: "data-filekit-if",
  else: "data-filekit-else",
} as const;

/** Comments that stand in the server's markup, and one that is put between pieces of it. */
export const MARKERS = {
  begin: "fk[",
  end: "fk]",
  row: "fk,",
  keep: "fk=",
  apart: "fk;",
} as const;

/** Attributes that only the client writes, for stylesheets and tests. */
export const CLIENT_ATTRIBUTES = {
  ready: "data-filekit-ready",
  dragging: "data-filekit-dragging",
  far: "data-filekit-far",
  above: "data-filekit-above",
} as const;

/** What an action does that calls no event: values of the key `action`. */
export const ACTIONS = {
  clear_selected_files: "clear_selected_files",
  clear_form: "clear_form",
  cancel_upload: "cancel_upload",
  open_file_dialog: "open_file_dialog",
  remove_file: "remove_file",
  cancel_file: "cancel_file",
  retry_file: "retry_file",
  download: "download",
  toast: "toast",
  redirect: "redirect",
} as const;

/** The first item of an expression. */
export const EXPRESSIONS = {
  selected_files: "selected_files",
  rejected_files: "rejected_files",
  upload_progress: "upload_progress",
  is_uploading: "is_uploading",
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
  literal: "literal",
} as const;

/** Fields of a selected file. */
export const SELECTED_FILE_FIELDS = [
  "name",
  "path",
  "size",
  "size_text",
  "mime",
  "preview_url",
  "status",
  "progress",
  "rate_text",
  "eta_text",
  "error",
] as const;

/** Fields of a file that was not taken into the selection. */
export const REJECTED_FILE_FIELDS = ["name", "code", "message"] as const;

/** Fields of an upload's progress. */
export const PROGRESS_FIELDS = ["percent", "loaded", "total", "rate_text", "eta_text"] as const;

/** Values of a selected file's field `status`. */
export const FILE_STATUSES = ["selected", "uploading", "processing", "failed"] as const;

/** Kinds of a toast. */
export const TOAST_KINDS = ["info", "success", "error"] as const;

/** Paths below the page's base. */
export const PATHS = {
  event: "/_filekit/event",
  upload: "/_filekit/upload",
  view: "/_filekit/view",
  live: "/_filekit/live",
} as const;

/** Name of the first part of an upload. */
export const CALL_PART = "call";

/** Codes that come from the server and mean something to the client. */
export const OUT_OF_DATE = "event.out-of-date";
export const TRUNCATED = "upload.truncated";

/** Codes of what only the client can notice. */
export const NETWORK = "client.network";
export const BAD_REPLY = "client.bad-reply";
export const BAD_PAGE = "client.bad-page";
export const BAD_URL = "client.bad-url";
export const INCOMPLETE = "client.incomplete";
export const CHANGED = "client.changed";
export const UNREADABLE = "client.unreadable";
export const FAILED = "client.failed";
