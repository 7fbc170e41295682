/**
 * What the program answers at the page's address at present.
 */
import type { Transport } from "../talk/transport.ts";

/** Returns the status of the page, or null if there is no answer. */
export async function statusOfPage(network: Transport): Promise<number | null> {
  const answer = await network.send(location.href, null, { method: "HEAD", onText: () => undefined }).catch(() => null);
  return answer && answer.status;
}
