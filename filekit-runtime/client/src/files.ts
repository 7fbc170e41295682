/**
 * Selected files as the page's expressions see them, and the browser's file behind each; no selection and no upload.
 */
import { sizeText } from "./format.ts";
import type { FILE_STATUSES } from "./names.ts";

export type FileStatus = (typeof FILE_STATUSES)[number];

/** One selected file; its identity is the identity of its row. The names of the fields are shared with the server. */
export interface SelectedFile {
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
}

/** Images that browsers can show and that cannot run script when they are opened on their own, as SVG can. */
const PREVIEWED = /^image\/(avif|bmp|gif|jpeg|png|webp)$/;

const contents = new WeakMap<SelectedFile, File>();
const previews = new WeakMap<SelectedFile, string>();

export function selectedFile({ file, path }: Picked): SelectedFile {
  const selected: SelectedFile = {
    name: file.name,
    path,
    size: file.size,
    size_text: sizeText(file.size),
    mime: file.type,
    get preview_url() {
      return previewUrl(selected);
    },
    status: "selected",
    progress: 0,
    rate_text: "",
    eta_text: "",
    error: "",
  };
  contents.set(selected, file);
  return selected;
}

/** Returns the browser's file; only values made by `selectedFile` have one. */
export function contentOf(selected: SelectedFile): File | undefined {
  return contents.get(selected);
}

export function isSelectedFile(value: unknown): value is SelectedFile {
  return contents.has(value as SelectedFile);
}

/** Makes the address on first use: a thousand images that no page shows cost nothing. */
function previewUrl(selected: SelectedFile): string {
  const made = previews.get(selected);
  if (made !== undefined) return made;
  const file = contents.get(selected);
  const url = file && PREVIEWED.test(file.type) ? URL.createObjectURL(file) : "";
  previews.set(selected, url);
  return url;
}

/** Gives the preview's memory back; a file that left the selection has no preview any more. */
export function releasePreview(selected: SelectedFile): void {
  const url = previews.get(selected);
  if (url) URL.revokeObjectURL(url);
  previews.set(selected, "");
}

/** Changes a file's status, and drops what only the old one meant. */
export function setStatus(file: SelectedFile, status: FileStatus, error = ""): void {
  file.status = status;
  file.error = error;
  file.rate_text = "";
  file.eta_text = "";
  if (status === "selected" || status === "failed") file.progress = 0;
}
