/**
 * Values of the page's expressions, which are JSON and never text to run. `act/bindings.ts` writes them into the page.
 */
import { BAD_PAGE, type EXPRESSIONS } from "../names.ts";
import { type Page, type Scope, uploadState } from "../page/page.ts";
import { report } from "../page/report.ts";

/** A head and its arguments. */
export type Expr = readonly unknown[];

/** The shared list, and the placeholder for an expression that could not be read; no view writes that. */
type Head = keyof typeof EXPRESSIONS | "literal";

const UPLOAD_FILES: Head = "upload_files";

/** One for each name; the compiler counts. No expression has more than two arguments. */
const READERS: Readonly<Record<Head, (page: Page, scope: Scope | null, first: unknown, second: unknown) => unknown>> = {
  selected_files: (page, _, id) => uploadState(page, id).files,
  rejected_files: (page, _, id) => uploadState(page, id).rejected,
  unfinished_files: (page, _, id) => uploadState(page, id).unfinished,
  upload_progress: (page, _, id) => uploadState(page, id).progress,
  is_uploading: (page, _, id) => uploadState(page, id).isUploading,
  is_paused: (page, _, id) => uploadState(page, id).isPaused,
  is_waiting: (page, _, id) => uploadState(page, id).isWaiting,
  has_selection: (page, _, id) => uploadState(page, id).files.length > 0,
  is_dragging: (page, _, id) => uploadState(page, id).dragging,
  value_of: (_page, _scope, id) => controlValue(document.getElementById(String(id))),
  // Files travel as parts of the request; their place among the arguments stays empty.
  upload_files: () => null,
  item: (_, scope, depth) => itemAt(scope, depth),
  get: (page, scope, of, field) => fieldOf(evaluate(page, scope, of), String(field)),
  not: (page, scope, a) => !evaluate(page, scope, a),
  and: (page, scope, a, b) => Boolean(evaluate(page, scope, a) && evaluate(page, scope, b)),
  or: (page, scope, a, b) => Boolean(evaluate(page, scope, a) || evaluate(page, scope, b)),
  is: (page, scope, a, text) => evaluate(page, scope, a) === text,
  literal: (_page, _scope, value) => value,
};

/** Returns the value of an expression; one that is not understood is reported, and its value is null. */
export function evaluate(page: Page, scope: Scope | null, expr: unknown): unknown {
  const [head, first, second] = Array.isArray(expr) ? (expr as Expr) : [];
  if (Object.hasOwn(READERS, String(head))) return READERS[head as Head](page, scope, first, second) ?? null;
  report(BAD_PAGE, { expr });
  return null;
}

/** Returns the upload ids whose files an argument means. */
export function uploadIds(args: readonly unknown[]): string[] {
  return (args as Expr[]).flatMap(([head, id]) => (head === UPLOAD_FILES ? [String(id)] : []));
}

function itemAt(scope: Scope | null, depth: unknown): unknown {
  let at = scope;
  while (at && at.depth !== depth) at = at.outer;
  return at?.item;
}

/** Reads a field that the object itself has, never one that it inherits. */
function fieldOf(value: unknown, field: string): unknown {
  const object = Object(value) as Record<string, unknown>;
  return Object.hasOwn(object, field) ? object[field] : null;
}

/** The properties of all controls; none has them all. */
interface Control extends Partial<Element> {
  readonly type?: string;
  readonly value?: string;
  readonly checked?: boolean;
}

/** The value of a form control, as a form would send it: the server knows the type. Null without such a control. */
function controlValue(control: Control | null): unknown {
  const { type, value, checked } = control ?? {};
  if (type === "checkbox" || type === "radio") return checked;
  // What is chosen of several: options of a list, or the boxes within a fieldset.
  const isOfSeveral = type === "select-multiple" || type === "fieldset";
  return isOfSeveral ? Array.from((control as Element).querySelectorAll<HTMLInputElement>(":checked"), (chosen) => chosen.value) : value;
}
