/**
 * Whether two files are the same by their content, as far as it takes to tell. `add.ts` asks.
 */

/** So much is read at either end. Formats differ at their beginning, or in the sums and tables at their end. */
const END = 1024;

/** If so many pairs are the same and none is not, all are: a folder was chosen again, and reading all of it takes seconds. */
const SAMPLE = 200;

/** Tells of each pair of files of equal size whether the files begin and end in the same way. */
export async function areSame(pairs: readonly (readonly [File, File])[]): Promise<boolean[]> {
  const first = await Promise.all(pairs.slice(0, SAMPLE).map(isSame));
  const rest = pairs.slice(SAMPLE);
  return [...first, ...(first.includes(false) ? await Promise.all(rest.map(isSame)) : rest.map(() => true))];
}

/** A file that cannot be read is not the same: it is taken, and the failure shows when it is sent. */
async function isSame([one, other]: readonly [File, File]): Promise<boolean> {
  try {
    const [first, second] = await Promise.all([ends(one), ends(other)]);
    return first.length === second.length && first.every((byte, index) => byte === second[index]);
  } catch {
    return false;
  }
}

async function ends(file: File): Promise<Uint8Array> {
  const { size } = file;
  const content = size > 2 * END ? new Blob([file.slice(0, END), file.slice(-END)]) : file;
  return new Uint8Array(await content.arrayBuffer());
}
