// What the tests run in a browser: tus-js-client and Uppy, as a page would bundle them.
import Uppy from "@uppy/core";
import Tus from "@uppy/tus";
import * as tus from "tus-js-client";

export { Tus, Uppy, tus };

/** Sends a text by tus-js-client, and resolves to what became of it. */
export function send(endpoint, name, text, options = {}) {
  return new Promise((resolve) => {
    const upload = new tus.Upload(new Blob([text]), {
      endpoint,
      metadata: { filename: name },
      retryDelays: [0, 50, 100, 200, 400],
      ...options,
      onError: (error) => resolve({ error: String(error), status: error.originalResponse?.getStatus() }),
      onSuccess: () => resolve({ url: upload.url }),
    });
    upload.start();
  });
}

/** Sends texts by Uppy, and resolves to what became of them. */
export async function sendByUppy(endpoint, files, options = {}) {
  const uppy = new Uppy().use(Tus, { endpoint, retryDelays: [0, 50, 100, 200, 400], ...options });
  for (const { name, text, type, relativePath } of files) {
    uppy.addFile({ name, type, data: new Blob([text], { type }), meta: { relativePath } });
  }
  const { successful, failed } = await uppy.upload();
  return { successful: successful.map(({ name }) => name), failed: failed.map(({ name, error }) => ({ name, error })) };
}
