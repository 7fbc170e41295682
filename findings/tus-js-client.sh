#!/usr/bin/env bash
# tus-js-client 4.3.1 (npm) in Node on valid input, three ways that do not end well, with a server of a few lines:
# 1. an empty file with `uploadDataDuringCreation` fails before anything is sent: it reads the file up to the byte -1;
# 2. a stream of unknown length (`uploadLengthDeferred`) whose last piece is a whole one: all bytes arrive, but the length is never
#    told, and neither `onSuccess` nor `onError` is called. A program that waits for one of them ends with nothing to do.
# 3. `protocol: "ietf-draft-05"` never says `Upload-Complete: ?1`, not even with the last piece of a file of known length: a server that
#    waits for it, as the draft wants, never takes the upload for complete, while the client calls `onSuccess`.
# Needs node and npm; everything stays in a temporary folder and on the loopback interface.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' >package.json
npm install --no-audit --no-fund --silent tus-js-client@4.3.1
cat >try.js <<'JS'
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { PassThrough } from "node:stream";
import * as tus from "tus-js-client";

console.log("tus-js-client", JSON.parse(readFileSync("node_modules/tus-js-client/package.json")).version);
const [requests, complete] = [[], []];
let received = 0;
const server = createServer((request, response) => {
  requests.push(request.method);
  complete.push(request.headers["upload-complete"]);
  request.on("data", (bytes) => (received += bytes.length));
  request.on("end", () => {
    response.setHeader("Tus-Resumable", "1.0.0");
    if (request.method === "POST") response.setHeader("Location", "/upload");
    response.setHeader("Upload-Offset", received);
    response.writeHead(request.method === "POST" ? 201 : 204).end();
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const endpoint = `http://127.0.0.1:${server.address().port}/`;

/** What became of an upload, or that nothing did. */
function send(content, options) {
  [requests.length, complete.length, received] = [0, 0, 0];
  return new Promise((resolve) => {
    setTimeout(() => resolve("neither success nor error"), 3000);
    const onError = (error) => resolve(error.message);
    new tus.Upload(content, { endpoint, onError, onSuccess: () => resolve("success"), ...options }).start();
  });
}

writeFileSync("empty", "");
const empty = await send(createReadStream("empty"), { uploadDataDuringCreation: true });
console.log("an empty file:", empty, requests);
const failsBefore = empty.includes("out of range") && requests.length === 0;

writeFileSync("two pieces", "x".repeat(2000));
const stream = () => createReadStream("two pieces").pipe(new PassThrough());
const whole = await send(stream(), { uploadLengthDeferred: true, chunkSize: 1000 });
console.log("a stream of two whole pieces:", whole, requests, received, "bytes");
const hangs = whole.startsWith("neither") && received === 2000;
const other = await send(stream(), { uploadLengthDeferred: true, chunkSize: 900 });
console.log("the same in pieces that leave a rest:", other, requests, received, "bytes");

const draft = await send(createReadStream("two pieces"), { protocol: "ietf-draft-05", chunkSize: 1000 });
console.log("by the draft:", draft, requests, "Upload-Complete:", complete);
const neverComplete = draft === "success" && !complete.includes("?1");
process.exit(failsBefore && hangs && other === "success" && neverComplete ? 0 : 1);
JS
node try.js
