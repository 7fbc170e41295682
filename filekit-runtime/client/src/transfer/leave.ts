/**
 * The browser's warning before a page is left while something is being sent; only then, since a page that listens for it
 * is not kept for the way back.
 */

/** Warns from now on until the returned function is called: to the answer, since a server stops when the sender has gone. */
export function guardLeaving(): () => void {
  const warn = (event: BeforeUnloadEvent): void => {
    event.preventDefault();
    // Older browsers ask only if there is a text, which they do not show.
    event.returnValue = "-";
  };
  window.addEventListener("beforeunload", warn);
  return () => window.removeEventListener("beforeunload", warn);
}
