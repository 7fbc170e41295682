/**
 * Files of dropped folders, with their paths; single files come the same way.
 */
import type { Picked } from "./files.ts";
import { UNREADABLE } from "./names.ts";
import { report } from "./report.ts";

/** Files that systems put into folders for themselves. */
const SYSTEM_FILES = /^(\.DS_Store|Thumbs\.db|desktop\.ini)$/;

/** Returns all dropped files. Must be called while the drop is handled; afterwards the browser has forgotten them. */
export async function droppedFiles(data: DataTransfer): Promise<Picked[]> {
  const files = Array.from(data.files, (file) => ({ file, path: file.name }));
  const waiting = Array.from(data.items, (item) => item.webkitGetAsEntry());
  if (!waiting.some((entry) => entry?.isDirectory)) return files;
  return readAll(waiting.reverse());
}

/** Reads folders one after the other, without recursion, so that depth and number cost nothing but time. */
async function readAll(waiting: (FileSystemEntry | null)[]): Promise<Picked[]> {
  const picked: Picked[] = [];
  while (waiting.length > 0) {
    const entry = waiting.pop();
    try {
      if (entry?.isDirectory) waiting.push(...(await entriesIn(entry as FileSystemDirectoryEntry)).reverse());
      else if (entry && !SYSTEM_FILES.test(entry.name)) picked.push(await read(entry as FileSystemFileEntry));
    } catch {
      report(UNREADABLE, { path: entry?.fullPath });
    }
  }
  return picked;
}

async function read(entry: FileSystemFileEntry): Promise<Picked> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return { file, path: entry.fullPath.slice(1) };
}

/** Browsers hand out a folder in portions (Chromium: 100 entries); an empty one is the end. */
async function entriesIn(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
