/**
 * The rules of an upload: which picked files are refused, each with its reason, and which rules a whole selection breaks. The
 * server checks them again.
 */
import type { Values } from "../page/words.ts";
import type { Picked, RejectedFile, SelectedFile } from "../upload/files.ts";
import { core } from "./core.ts";
import { text, type TextKey } from "./words.ts";

/** As the server wrote them; a rule that is not there holds for everything. */
export interface Rules {
  /** Types, `image/*` and extensions. */
  readonly accept?: readonly string[];
  /** The types in words for people. */
  readonly accepted?: string;
  /** All extensions that files of these types have, so that no table is needed here. */
  readonly extensions?: readonly string[];
  readonly max_files?: number;
  readonly min_files?: number;
  readonly max_size?: number;
  readonly min_size?: number;
  readonly max_total?: number;
  /** The server has each file checked when it has arrived. */
  readonly check?: boolean;
}

/** A key of a text and its values; the key is the code of the refusal as well. */
type Refusal = readonly [code: TextKey, values?: Values];

/** Sorts out what goes beyond the rules, file by file, given what is waiting to be sent already. */
export function sift(rules: Rules, waiting: readonly SelectedFile[], picked: readonly Picked[]): { taken: Picked[]; refused: RejectedFile[] } {
  const taken: Picked[] = [];
  const refused: RejectedFile[] = [];
  let total = totalOf(waiting);
  for (const pick of picked) {
    const { name, size } = pick.file;
    const refusal = refusalOf(rules, pick) ?? excess(rules, waiting.length + taken.length + 1, total + size);
    if (refusal) {
      const [code, values] = refusal;
      refused.push({ name, code, message: text(code, { name, ...values }) });
    } else {
      taken.push(pick);
      total += size;
    }
  }
  return { taken, refused };
}

/** Returns why a selection cannot be sent as it is; nothing if it can. */
export function objection(rules: Rules, files: readonly SelectedFile[]): Refusal | null {
  const { min_files = 0 } = rules;
  return files.length < min_files ? ["upload.too-few-files", { limit: min_files }] : excess(rules, files.length, totalOf(files));
}

function totalOf(files: readonly SelectedFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function excess({ max_files = Infinity, max_total = Infinity }: Rules, count: number, total: number): Refusal | null {
  if (count > max_files) return ["upload.too-many-files", { limit: max_files }];
  return total > max_total ? ["upload.total-too-large", { limit: limitText(max_total) }] : null;
}

function refusalOf(rules: Rules, { file, unreadable }: Picked): Refusal | null {
  const { accept, accepted = "", max_size = Infinity, min_size = 0 } = rules;
  if (unreadable) return ["client.unreadable"];
  if (accept && !isAccepted(accept, rules.extensions, file)) return ["upload.type-not-accepted", { accepted }];
  if (file.size > max_size) return ["upload.too-large", { limit: limitText(max_size) }];
  return file.size < min_size ? ["upload.too-small", { limit: limitText(min_size) }] : null;
}

/** As the server does: by the extension, whatever type the system has for it; without one, by the content alone. */
function isAccepted(accept: readonly string[], extensions: readonly string[] = [], { name }: File): boolean {
  if (!name.includes(".", 1)) return accept.some((entry) => entry.includes("/"));
  return extensions.some((extension) => name.toLowerCase().endsWith(`.${extension}`));
}

/** Writes a limit as the server does, never as more than it is: what is refused for it looks too large too. */
export function limitText(bytes: number): string {
  return core.sizeText(bytes, Math.floor);
}
