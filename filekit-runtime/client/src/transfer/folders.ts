/**
 * Files of dropped folders, with their paths; single files come the same way.
 */
import { UNREADABLE } from "../names.ts";
import type { Picked } from "../upload/files.ts";
import { core } from "./core.ts";

/** Reads folders one after the other, without recursion, so that depth and number cost nothing but time. */
export async function readEntries(entries: (FileSystemEntry | null)[]): Promise<Picked[]> {
  const waiting = entries.reverse();
  const picked: Picked[] = [];
  while (waiting.length > 0) {
    const entry = waiting.pop();
    try {
      if (entry?.isDirectory) waiting.push(...(await entriesIn(entry as FileSystemDirectoryEntry)).reverse());
      else if (entry) picked.push(await read(entry as FileSystemFileEntry));
    } catch {
      const { name, fullPath: path } = entry as FileSystemEntry;
      core.report(UNREADABLE, { path });
      picked.push({ file: new File([], name), path, unreadable: true });
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
