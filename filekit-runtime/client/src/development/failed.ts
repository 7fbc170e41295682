/**
 * Shows a program that was started anew in place of an error of an earlier one. Nothing was typed or chosen there, so the page is loaded
 * again.
 */
import { ATTRIBUTES } from "../names.ts";

/** How long to wait before a connection that ended is opened again: compilers take their time. */
const WAIT_MS = 500;

/** Follows the program at `url`, and loads the page again when another start of it answers than the one that has failed. */
export function follow(url: URL): void {
  const source = new EventSource(url);
  source.onmessage = ({ data }) => {
    if (data !== document.body.getAttribute(ATTRIBUTES.program)) location.reload();
  };
  source.onerror = () => {
    source.close();
    setTimeout(() => follow(url), WAIT_MS);
  };
}
