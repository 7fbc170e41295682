/**
 * What is said of files before they are sent, and small files that are sent along with it.
 */
import { HEADERS, MEDIA, PATHS } from "../names.ts";
import { CANCELLED, type Reply } from "../talk/reply.ts";
import { stamped } from "../talk/shown.ts";
import type { Sending } from "../upload/request.ts";
import { core } from "./core.ts";
import { newMeter } from "./progress.ts";
import { sentSome, sumOf } from "./track.ts";

/** Says what is going to be sent; `from` says where the server has bytes of a file. */
export function planOf({ page, job, parts }: Sending, from?: (file: object) => string | undefined): string {
  const files = parts.map(({ id, file }) => ({
    upload: id,
    name: file.path,
    size: file.size,
    type: file.mime || undefined,
    modified: file.content.lastModified,
    from: from?.(file),
  }));
  return JSON.stringify({ call: stamped(page, job.call), files });
}

/** Returns what sends everything in one request, and can be called again if there was no answer: it is the same request, then. */
export function allAtOnce(sending: Sending): () => Promise<Reply | null> {
  const { page, parts, signal } = sending;
  const body = new Blob([planOf(sending), "\n", ...parts.map(({ file }) => file.content)]);
  const total = sumOf(parts.map(({ file }) => file.size));
  const none = parts.map(() => 0);
  return async () => {
    const meter = newMeter(performance.now());
    const onProgress = (sent: number, all: number): void => sentSome(sending, meter, none, Math.max(0, sent - all + total), sent >= all);
    onProgress(0, Infinity);
    const answer = await core.ask(sending, page.base + PATHS.upload, body, { headers: { "Content-Type": MEDIA.plan, [HEADERS.complete]: "?1" }, onProgress });
    if (signal.aborted) return CANCELLED;
    // A proxy's word that there is no server, or that it takes too long, is as good as none.
    return answer && (answer.line || answer.status < 502) ? core.replyOf(answer) : null;
  };
}
