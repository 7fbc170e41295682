/**
 * The bundle's entry: starts by itself on a page that filekit made; anything else may call `start`. The folders
 * are described in `client/README.md`.
 */
import { ATTRIBUTES } from "./names.ts";
import { start } from "./start.ts";
import { browserTransport } from "./talk/transport.ts";

export { start };

/** The page that filekit made, for the script of development. */
export const page = document.body.hasAttribute(ATTRIBUTES.base) ? start(document, browserTransport()) : null;
