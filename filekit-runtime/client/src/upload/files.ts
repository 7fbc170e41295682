/**
 * Selected files as the page's expressions see them, and the browser's file behind each. The selection is `select.ts`.
 */
import { sizeText } from "../page/format.ts";

export type FileStatus = "selected" | "uploading" | "checking" | "processing" | "paused" | "waiting" | "failed" | "unfinished";

/** A file as rows of lists show it. The names of the fields are shared with the server. */
export interface ListedFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly size_text: string;
  readonly mime: string;
  readonly preview_url: string;
  status: FileStatus;
  /** Percent of the file that was sent. */
  progress: number;
  rate_text: string;
  eta_text: string;
  error: string;
}

/** One selected file; its identity is the identity of its row. No page knows the names of its own fields. */
export interface SelectedFile extends ListedFile {
  /** The browser's file. */
  readonly content: File;
  /** Whether the file has changed on the disk since it was chosen, or is gone, when it was to be sent. */
  hasChanged: boolean;
}

/** A file of an upload that did not come to its end before the page was left; the browser's file has to be chosen again. */
export type UnfinishedFile = Readonly<ListedFile>;

/** A file that was not taken. */
export interface RejectedFile {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** A file that the visitor picked, with its path below the picked folder, or its name. */
export interface Picked {
  readonly file: File;
  readonly path: string;
  /** The system did not hand it out; the file is an empty one of its name. */
  readonly unreadable?: boolean;
}

/** The addresses of previews, once they were asked for; empty for files that have none, or none any more. */
const previews = new WeakMap<File, string>();

/** Makes what browsers hand out in one go into files with paths; only a folder that was chosen gives any. */
export function pickedFiles(files: Iterable<File>): Picked[] {
  return Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Images that browsers can show and that cannot run script when they are opened on their own, as SVG can. */
const PREVIEWED = /^image\/(avif|bmp|gif|jpeg|png|webp)$/;

/** Makes a file as pages see it. Its enumerable properties are sent to the server. */
export function selectedFile({ file, path }: Picked): SelectedFile {
  const { name, size, type } = file;
  const shown = { name, path, size, size_text: sizeText(size), mime: type, status: "selected", progress: 0, rate_text: "", eta_text: "", error: "" };
  const hidden = { content: { value: file }, hasChanged: { value: false, writable: true }, preview_url: { get: () => previewOf(file) } };
  return Object.defineProperties(shown, hidden) as SelectedFile;
}

/** Made on first use: a thousand images that no page shows cost nothing. */
function previewOf(file: File): string {
  const url = previews.get(file) ?? (PREVIEWED.test(file.type) ? URL.createObjectURL(file) : "");
  previews.set(file, url);
  return url;
}

/** Gives the preview's memory back; a file that left the selection has no preview any more. */
export function releasePreview({ content }: SelectedFile): void {
  const url = previews.get(content);
  if (url) URL.revokeObjectURL(url);
  previews.set(content, "");
}

/** Whether a file is on its way to the server, even if it stands still at the moment. */
export function isMoving({ status }: SelectedFile): boolean {
  return status !== "selected" && status !== "failed";
}

/** Changes a file's status, and drops what only the old one meant. */
export function setStatus(file: SelectedFile, status: FileStatus, error = ""): void {
  Object.assign(file, { status, error, rate_text: "", eta_text: "" });
  if (status === "selected" || status === "failed") file.progress = 0;
}
