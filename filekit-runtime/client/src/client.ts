/**
 * The bundle's entry: starts by itself on a page that filekit made; anything else may call `start`. The folders
 * are described in `client/README.md`.
 */
import { ATTRIBUTES } from "./names.ts";
import { start } from "./start.ts";
import { browserTransport } from "./talk/transport.ts";

export { start };

/** The network and the page that filekit made, for the script of development. */
export const network = browserTransport();
export const page = document.body.hasAttribute(ATTRIBUTES.base) ? start(document, network) : null;
