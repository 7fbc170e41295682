/**
 * Uploads that pause, and those from before the page was opened.
 */
import type { Page } from "../page/page.ts";

export function pauseUpload(_page: Page, _id: string): void {}

export function resumeUpload(_page: Page, _id: string): void {}

export function rememberedUploads(_page: Page, _id: string): void {}

export function discardUnfinished(_page: Page, _id: string): void {}
