/**
 * The entry of the script that only documents in development load. It asks for the page of the first script, which is on the
 * document already; the document of an error has none.
 */
import { network, page } from "../client.ts";
import { awaitNext } from "./failed.ts";
import { watch } from "./watch.ts";

if (page) watch(page);
else awaitNext(network, new URL("development", import.meta.url).href);
