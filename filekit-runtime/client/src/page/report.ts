/**
 * The one way in which the client tells developers that something went wrong; users read toasts instead.
 */

const VERSION = 1;

/**
 * Writes a console line and sends the document the event `filekit:report`. Codes are dotted, stable and explained in the
 * book; `message` is the text that the visitor saw, if any.
 */
export function report(code: string, detail: object, message = ""): void {
  console.warn("filekit:", code, message, detail);
  document.dispatchEvent(new CustomEvent("filekit:report", { detail: { version: VERSION, code, message, detail } }));
}
