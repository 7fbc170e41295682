// Sends a file by tus-js-client in Node: ENDPOINT FILE OPTIONS, of which the last are JSON. Prints what became of it as JSON.
//
// Beside those of tus-js-client: `stream` reads the file as a stream, `abortAt` stops at that many bytes and goes on by what was
// remembered, as another run of the program would, and `terminateAt` ends the upload there.
import { createReadStream, statSync } from "node:fs";
import { basename, join } from "node:path";
import { PassThrough } from "node:stream";

import * as tus from "tus-js-client";

const [endpoint, file, json = "{}"] = process.argv.slice(2);
const { stream, abortAt, terminateAt, ...given } = JSON.parse(json);

const options = {
  endpoint,
  metadata: { filename: basename(file), filetype: "application/octet-stream" },
  retryDelays: [0, 50, 100, 200, 400],
  removeFingerprintOnSuccess: true,
  urlStorage: new tus.FileUrlStorage(join(process.cwd(), "urls.json")),
  fingerprint: async () => `file ${file}`,
  ...given,
};

/** Sends, and stops when so many bytes were accepted; resolves to what became of it. */
function send(stopAt, shouldTerminate) {
  return new Promise((resolve) => {
    const offsets = [];
    const content = stream ? createReadStream(file).pipe(new PassThrough()) : createReadStream(file);
    const upload = new tus.Upload(content, {
      ...options,
      uploadSize: stream && !options.uploadLengthDeferred ? statSync(file).size : null,
      onError: (error) => resolve({ error: error.message, status: error.originalResponse?.getStatus() }),
      onSuccess: () => resolve({ url: upload.url, offsets }),
      onChunkComplete: (_, accepted) => {
        offsets.push(accepted);
        if (stopAt && accepted >= stopAt) {
          upload.abort(shouldTerminate).then(() => resolve({ url: upload.url, offsets, stopped: true }));
        }
      },
    });
    if (stopAt) {
      upload.start();
      return;
    }
    upload.findPreviousUploads().then(([previous]) => {
      if (previous) upload.resumeFromPreviousUpload(previous);
      upload.start();
    });
  });
}

const stopped = abortAt || terminateAt ? await send(abortAt || terminateAt, Boolean(terminateAt)) : null;
const done = terminateAt ? null : await send();
console.log(JSON.stringify({ stopped, done }));
