/**
 * The browser's warning before a page is left while something is being sent; only then, since a page that listens for it
 * is not kept for the way back.
 */

let sending = 0;

/** Warns from now on until the returned function is called. */
export function guardLeaving(): () => void {
  if (sending === 0) window.addEventListener("beforeunload", warn);
  sending += 1;
  return () => {
    sending -= 1;
    if (sending === 0) window.removeEventListener("beforeunload", warn);
  };
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
  // Older browsers ask only if there is a text, which they do not show.
  event.returnValue = "-";
}
