/**
 * Applies a patch to the page: the few changes between what it shows and what it should; how markup becomes nodes
 * is `morph.ts`.
 */
import type { Change } from "./change.ts";
import { morph, parse, patchElement, type Touched } from "./morph.ts";
import { type Block, elementAt, firstOf, fits, rangesIn } from "./ranges.ts";
import { applyRows } from "./rows.ts";

/** Changes a block, and notes what is to be scanned anew. Throws if the patch is not for what the page shows. */
export function apply(block: Block, [html, ops]: Change, touched: Touched): void {
  if (html !== null) morph(block, html, touched);
  let ranges: Block[] | null = null;
  for (const op of ops) {
    if (op[0] === "range" || op[0] === "rows") {
      const range = fits((ranges ??= rangesIn(block))[op[1]]);
      if (op[0] === "range") apply(range, op[2], touched);
      else applyRows(range, op[2], op[3], touched);
      continue;
    }
    const around = elementAt(block, op[1]);
    if (op[0] === "element") {
      morph(around, op[2], touched);
      ranges = null;
    } else {
      const element = firstOf(around) as Element;
      const fresh = parse(around.parent, [op[2]])[0]?.[0];
      fits(fresh?.nodeName === element.nodeName);
      patchElement(element, fresh as Element, touched);
    }
  }
}
