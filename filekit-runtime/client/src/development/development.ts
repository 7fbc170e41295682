/**
 * The entry of the script that only documents in development load. It asks for the page of the first script, which is on the
 * document already; the document of an error has none.
 */
import { page } from "../client.ts";
import { follow } from "./failed.ts";
import { watch } from "./watch.ts";

if (page) watch(page);
else follow(new URL("development", import.meta.url));
