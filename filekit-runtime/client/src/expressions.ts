/**
 * Values of the page's expressions, which are JSON and never text to run; it changes nothing.
 */
import { CLIENT_CODES, type EXPRESSIONS } from "./names.ts";
import { type Page, uploadState } from "./page.ts";
import { report } from "./report.ts";

/** A head and its arguments. */
export type Expr = readonly [string, ...unknown[]];

/** The item of an enclosing loop, and the scope around that loop. */
export interface Scope {
  readonly depth: number;
  readonly item: unknown;
  readonly outer: Scope | null;
}

type Reader = (page: Page, scope: Scope | null, args: readonly unknown[]) => unknown;

const UPLOAD_FILES: keyof typeof EXPRESSIONS = "upload_files";

/** One for each name of the shared list; the compiler counts. */
const READERS: Readonly<Record<keyof typeof EXPRESSIONS, Reader>> = {
  selected_files: (page, _, [id]) => uploadState(page, String(id)).files,
  rejected_files: (page, _, [id]) => uploadState(page, String(id)).rejected,
  upload_progress: (page, _, [id]) => uploadState(page, String(id)).progress,
  is_uploading: (page, _, [id]) => uploadState(page, String(id)).uploading,
  has_selection: (page, _, [id]) => uploadState(page, String(id)).files.length > 0,
  is_dragging: (page, _, [id]) => uploadState(page, String(id)).dragging,
  value_of: (page, _, [id]) => controlValue(page.document.getElementById(String(id))),
  // Files travel as parts of the request; their place among the arguments stays empty.
  upload_files: () => null,
  item: (_page, scope, [depth]) => itemAt(scope, Number(depth)),
  get: (page, scope, [of, field]) => fieldOf(evaluate(page, scope, of), String(field)),
  not: (page, scope, [a]) => !evaluate(page, scope, a),
  and: (page, scope, [a, b]) => Boolean(evaluate(page, scope, a)) && Boolean(evaluate(page, scope, b)),
  or: (page, scope, [a, b]) => Boolean(evaluate(page, scope, a)) || Boolean(evaluate(page, scope, b)),
  literal: (_page, _scope, [value]) => value,
};

/** Returns the value of an expression; one that is not understood is reported, and its value is null. */
export function evaluate(page: Page, scope: Scope | null, expr: unknown): unknown {
  if (isExpr(expr)) return READERS[expr[0]](page, scope, expr.slice(1)) ?? null;
  report(CLIENT_CODES.badPage, "an expression is not understood", { expr });
  return null;
}

function isExpr(expr: unknown): expr is [keyof typeof EXPRESSIONS, ...unknown[]] {
  return Array.isArray(expr) && Object.hasOwn(READERS, String(expr[0]));
}

/** Returns the upload ids whose files an argument stands for. */
export function uploadIds(args: readonly unknown[]): string[] {
  return args.flatMap((arg) => (Array.isArray(arg) && arg[0] === UPLOAD_FILES ? [String(arg[1])] : []));
}

function itemAt(scope: Scope | null, depth: number): unknown {
  let at = scope;
  while (at && at.depth !== depth) at = at.outer;
  return at?.item;
}

/** Reads a field that the object itself has, never one that it inherits. */
function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) return null;
  return (value as Record<string, unknown>)[field];
}

/** What a visitor put into a form control, in the type that suits it; null without such a control. */
function controlValue(control: Element | null): unknown {
  if (control instanceof HTMLInputElement) return inputValue(control);
  if (control instanceof HTMLTextAreaElement) return control.value;
  if (!(control instanceof HTMLSelectElement)) return null;
  if (!control.multiple) return control.value;
  return Array.from(control.selectedOptions, (option) => option.value);
}

function inputValue(input: HTMLInputElement): unknown {
  if (input.type === "checkbox" || input.type === "radio") return input.checked;
  if (input.type !== "number" && input.type !== "range") return input.value;
  return Number.isNaN(input.valueAsNumber) ? null : input.valueAsNumber;
}
