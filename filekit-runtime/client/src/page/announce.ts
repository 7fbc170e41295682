/**
 * Says short things to screen readers, politely, by a live region. Messages to be seen are `toast.ts`.
 */
import { newElement } from "./element.ts";

export type Announcer = (text: string) => void;

/** Makes the live region; it must be on the page before the first text, or that is not read out. */
export function createAnnouncer(): Announcer {
  const region = newElement("div", { class: "fk-announcer", role: "status" });
  document.body.append(region);
  // A node of its own is read out also when its words are those of the last one.
  return (text) => region.replaceChildren(text);
}
