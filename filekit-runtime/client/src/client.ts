/**
 * The bundle's entry: starts by itself on a page that filekit made; anything else may call `start`. What is in which folder
 * stands in `client/README.md`.
 */
import { ATTRIBUTES } from "./names.ts";
import { start } from "./start.ts";
import { browserTransport } from "./talk/transport.ts";

export { start };

if (document.body.hasAttribute(ATTRIBUTES.base)) start(document, browserTransport());
