/**
 * The beginning of an upload that broke off, to be sent once more for its answer. `upload.ts` sends it.
 *
 * Firefox looks at an answer only when it has sent everything: of a server that refuses a large upload half-way and hangs
 * up, it sees just the latter. The server refuses the beginning for the same reason, if it lies there.
 */

/** More than a type is judged by, less than servers read of what they refuse. */
const BEGINNING = 1 << 20;
/** More than the boundary after the last file, whatever the browser took for one. */
const BOUNDARY = 200;

/** A body and its type. */
type Beginning = readonly [content: Blob, type: string];

/** Returns the beginning of a large form, without its end, so that the server keeps nothing; null if the form is not large. */
export async function beginningOf(form: FormData): Promise<Beginning | null> {
  const beginning = firstFiles(form);
  if (!beginning) return null;
  const response = new Response(beginning);
  const content = await response.blob();
  return [content.slice(0, -BOUNDARY), response.headers.get("Content-Type") ?? ""];
}

function firstFiles(form: FormData): FormData | null {
  const beginning = new FormData();
  let left = BEGINNING;
  for (const [name, value] of form) {
    if (typeof value === "string") beginning.append(name, value);
    else if (left > 0) {
      beginning.append(name, value.slice(0, left, value.type), value.name);
      left -= value.size;
    }
  }
  return left < 0 ? beginning : null;
}
