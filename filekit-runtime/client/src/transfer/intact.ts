/**
 * Whether files can still be read as they were chosen. `upload.ts` asks.
 *
 * The file on the disk decides. Chromium (156) fails each read of a file that has another size or time than
 * when it was chosen, and the upload with it. Firefox (153) sends what is there: of a file that has grown the first bytes,
 * and for one that is gone or has shrunk it waits for ever. It fails a read of a file that is gone, and reads more or fewer
 * bytes than the file's size if that has changed; but more only where the whole file is read.
 */
import type { SelectedFile } from "../upload/files.ts";

/** So many bytes are read to find out that a file has grown, before its last byte must do. */
const WHOLE = 32 << 20;
/** So many files are read at once. */
const AT_ONCE = 64;

/** Returns the files that have changed or are gone, in their order, and stops early when the answer does not matter any more. */
export async function changedFiles(files: readonly SelectedFile[], isOver: () => boolean): Promise<SelectedFile[]> {
  const found = new Set<SelectedFile>();
  let left = WHOLE;
  const look = async (file: SelectedFile): Promise<void> => {
    const isWhole = file.size <= left;
    if (isWhole) left -= file.size;
    if (!(await isIntact(isWhole ? file.content : file.content.slice(-1)))) found.add(file);
  };
  for (let from = 0; from < files.length && !isOver(); from += AT_ONCE) {
    await Promise.all(files.slice(from, from + AT_ONCE).map(look));
  }
  return files.filter((file) => found.has(file));
}

async function isIntact(content: Blob): Promise<boolean> {
  try {
    return (await content.arrayBuffer()).byteLength === content.size;
  } catch {
    return false;
  }
}
