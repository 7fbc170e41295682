/**
 * Values of the page's expressions, which are JSON and never text to run; it changes nothing.
 */
import { EXPRESSIONS } from "./names.ts";
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

const READERS: Readonly<Record<string, Reader>> = {
  [EXPRESSIONS.selected_files]: (page, _, [id]) => uploadState(page, String(id)).files,
  [EXPRESSIONS.rejected_files]: (page, _, [id]) => uploadState(page, String(id)).rejected,
  [EXPRESSIONS.upload_progress]: (page, _, [id]) => uploadState(page, String(id)).progress,
  [EXPRESSIONS.is_uploading]: (page, _, [id]) => uploadState(page, String(id)).uploading,
  [EXPRESSIONS.has_selection]: (page, _, [id]) => uploadState(page, String(id)).files.length > 0,
  [EXPRESSIONS.is_dragging]: (page, _, [id]) => uploadState(page, String(id)).dragging,
  [EXPRESSIONS.value_of]: (page, _, [id]) => controlValue(page.document.getElementById(String(id))),
  // Files travel as parts of the request; their place among the arguments stays empty.
  [EXPRESSIONS.upload_files]: () => null,
  [EXPRESSIONS.item]: (_page, scope, [depth]) => itemAt(scope, Number(depth)),
  [EXPRESSIONS.get]: (page, scope, [of, field]) => fieldOf(evaluate(page, scope, of), String(field)),
  [EXPRESSIONS.not]: (page, scope, [a]) => !evaluate(page, scope, a),
  [EXPRESSIONS.and]: (page, scope, [a, b]) => Boolean(evaluate(page, scope, a)) && Boolean(evaluate(page, scope, b)),
  [EXPRESSIONS.or]: (page, scope, [a, b]) => Boolean(evaluate(page, scope, a)) || Boolean(evaluate(page, scope, b)),
  [EXPRESSIONS.literal]: (_page, _scope, [value]) => value,
};

/** Returns the value of an expression; one that is not understood is reported, and its value is null. */
export function evaluate(page: Page, scope: Scope | null, expr: unknown): unknown {
  if (Array.isArray(expr) && typeof expr[0] === "string" && Object.hasOwn(READERS, expr[0])) {
    return READERS[expr[0]]?.(page, scope, expr.slice(1)) ?? null;
  }
  report("client.bad-page", "an expression is not understood", { expr });
  return null;
}

/** Returns the upload ids whose files an argument stands for. */
export function uploadIds(args: readonly unknown[]): string[] {
  return args.flatMap((arg) => (Array.isArray(arg) && arg[0] === EXPRESSIONS.upload_files ? [String(arg[1])] : []));
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
