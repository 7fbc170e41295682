/**
 * Puts the client's pieces together on a page; each does its own duty elsewhere.
 */
import { ATTRIBUTES } from "./names.ts";
import { createAnnouncer } from "./page/announce.ts";
import { CLIENT_ATTRIBUTES } from "./page/owned.ts";
import { changed, type Page } from "./page/page.ts";
import { createToaster } from "./page/toast.ts";
import { loadTexts } from "./page/words.ts";
import { follow } from "./talk/live.ts";
import { newShown } from "./talk/shown.ts";
import { sync } from "./talk/sync.ts";
import type { Transport } from "./talk/transport.ts";
import { watchDrops } from "./upload/drop.ts";
import { watchZones } from "./upload/zones.ts";
import { performAll } from "./act/actions.ts";
import { refresh, rescan, showChange } from "./act/view.ts";

/** Makes a page live; the network is a parameter, so that tests need none. */
export function start(document: Document, transport: Transport): Page {
  loadTexts(document);
  // The answer to a form that was sent before this ran: from here on it is the page itself.
  if (location.pathname.includes("/_filekit/")) history.replaceState(null, "", document.body.getAttribute(ATTRIBUTES.page));
  const page = createPage(document, transport);
  watchZones(page);
  watchDrops(page);
  for (const type of ["input", "change", "reset"]) page.root.addEventListener(type, () => changed(page));
  // The form around the page is for browsers without scripts. Whatever would send it now is no button of the page's own.
  page.root.closest("form")?.addEventListener("submit", (event) => event.target === event.currentTarget && event.preventDefault());
  rescan(page, new Set([page.root]));
  refresh(page);
  follow(page);
  document.documentElement.setAttribute(CLIENT_ATTRIBUTES.ready, "");
  return page;
}

function createPage(document: Document, transport: Transport): Page {
  return {
    root: document.getElementById("filekit") ?? document.body,
    base: document.body.getAttribute(ATTRIBUTES.base) ?? "",
    network: transport,
    announce: createAnnouncer(),
    toast: createToaster(),
    uploads: new Map(),
    jobs: new Set(),
    turns: new Map(),
    listening: new Set(),
    shown: newShown(document.body.getAttribute(ATTRIBUTES.instance) as string),
    transfer: null,
    lent: null,
    resume: null,
    parts: new Map(),
    due: false,
    perform: performAll,
    showChange,
    refresh,
    sync,
  };
}
