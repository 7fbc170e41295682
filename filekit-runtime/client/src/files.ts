/**
 * Selected files as the page's expressions see them, and the browser's file behind each; no selection and no upload.
 */
import { sizeText } from "./format.ts";
import type { FILE_STATUSES } from "./names.ts";

export type FileStatus = (typeof FILE_STATUSES)[number];

/** One selected file; its identity is the identity of its row. Most names of the fields are shared with the server. */
export interface SelectedFile {
  /** The browser's file, and the address of its preview once one was asked for; no page knows these names. */
  readonly content: File;
  preview: string | null;

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

export function selectedFile({ file, path }: Picked): SelectedFile {
  const { name, size, type } = file;
  return {
    content: file,
    preview: null,
    name,
    path,
    size,
    size_text: sizeText(size),
    mime: type,
    // Made on first use: a thousand images that no page shows cost nothing.
    get preview_url() {
      return (this.preview ??= PREVIEWED.test(type) ? URL.createObjectURL(file) : "");
    },
    status: "selected",
    progress: 0,
    rate_text: "",
    eta_text: "",
    error: "",
  };
}

/** Gives the preview's memory back; a file that left the selection has no preview any more. */
export function releasePreview(selected: SelectedFile): void {
  if (selected.preview) URL.revokeObjectURL(selected.preview);
  selected.preview = "";
}

/** Changes a file's status, and drops what only the old one meant. */
export function setStatus(file: SelectedFile, status: FileStatus, error = ""): void {
  Object.assign(file, { status, error, rate_text: "", eta_text: "" });
  if (status === "selected" || status === "failed") file.progress = 0;
}
