/**
 * Says short things to screen readers, politely; nothing is seen of it.
 */

export type Announcer = (text: string) => void;

/** Makes the live region; it must be on the page before the first text, or that is not read out. */
export function createAnnouncer(document: Document): Announcer {
  const region = document.createElement("div");
  region.className = "fk-announcer";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  document.body.append(region);
  return (text) => {
    // A node of its own is read out also when its words are those of the last one.
    region.replaceChildren(document.createTextNode(text));
  };
}
