/**
 * The one way in which the client tells developers that something went wrong; users read toasts instead.
 */

const VERSION = 1;

/** Writes a console line and sends the document the event `filekit:report`; codes are dotted and stable. */
export function report(code: string, message: string, detail: object = {}): void {
  console.warn(`filekit: ${code}: ${message}`, detail);
  document.dispatchEvent(new CustomEvent("filekit:report", { detail: { version: VERSION, code, message, detail } }));
}
