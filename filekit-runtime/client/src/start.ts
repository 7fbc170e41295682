/**
 * Puts the client's pieces together on a page; each does its own duty elsewhere.
 */
import { createAnnouncer } from "./announce.ts";
import { watchDrops } from "./drop.ts";
import { follow } from "./live.ts";
import { ATTRIBUTES, CLIENT_ATTRIBUTES } from "./names.ts";
import type { Page } from "./page.ts";
import { newShown } from "./shown.ts";
import { sync } from "./sync.ts";
import { loadTexts } from "./texts.ts";
import { createToaster } from "./toast.ts";
import type { Transport } from "./transport.ts";
import { changed, refresh, rescan } from "./view.ts";
import { watchZones } from "./zones.ts";

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
    sync,
    parts: new Map(),
    due: false,
  };
}
