/**
 * The entry of the script that only documents in development load. It asks for the page of the first script, which is on the
 * document already.
 */
import { page } from "../client.ts";
import { watch } from "./watch.ts";

if (page) watch(page);
