/**
 * Files of dropped folders, with their paths; single files come the same way.
 */
import type { Picked } from "./files.ts";
import { CLIENT_CODES } from "./names.ts";
import { report } from "./report.ts";

/** Files that systems put into folders for themselves. */
const SYSTEM_FILES = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

/** Returns all dropped files. Must be called while the drop is handled; afterwards the browser has forgotten them. */
export function droppedFiles(data: DataTransfer): Promise<Picked[]> {
  const items = Array.from(data.items).filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry());
  if (entries.some((entry) => entry?.isDirectory)) return readAll(entries.filter((entry) => entry !== null));
  return Promise.resolve(Array.from(data.files, (file) => ({ file, path: file.name })));
}

/** Reads folders one after the other, without recursion, so that depth and number cost nothing but time. */
async function readAll(entries: readonly FileSystemEntry[]): Promise<Picked[]> {
  const picked: Picked[] = [];
  const waiting = entries.slice().reverse();
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    try {
      if (isFolder(entry)) waiting.push(...(await entriesIn(entry)).reverse());
      else if (isFile(entry) && !SYSTEM_FILES.has(entry.name)) picked.push(await read(entry));
    } catch {
      report(CLIENT_CODES.unreadable, "a dropped entry could not be read", { path: entry.fullPath });
    }
  }
  return picked;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

async function read(entry: FileSystemFileEntry): Promise<Picked> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return { file, path: entry.fullPath.replace(/^\/+/, "") };
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
