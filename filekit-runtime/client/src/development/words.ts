/**
 * What is said to developers. They are no visitors, so there is one language, and no text of a page's own in place of it.
 */

export const AWAY = "The program is not running: its terminal says why. This page waits for it, and keeps what was typed and chosen.";

/** The words for a page that the program answers with an error. */
export function failing(status: number): string {
  return `The program was started anew and cannot show this page (${status}): its terminal says why.`;
}
