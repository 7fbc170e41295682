/**
 * The second bundle's entry: the modules that only pages with uploads need.
 */
export { addFiles } from "./add.ts";
export { borrow } from "./core.ts";
export { retryJob } from "./failures.ts";
export { readEntries } from "./folders.ts";
export { OWN } from "./lend.ts";
export { sendJob } from "./upload.ts";
