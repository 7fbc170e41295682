/**
 * Makes the scripts that are committed, in the folder that it is given: esbuild joins the modules, then terser and swc
 * make them short, each in ways that the other does not know.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { minify as shorten } from "@swc/core";
import { build } from "esbuild";
import { minify as compress } from "terser";
import { OWN_NAMES } from "./own-names.mjs";

const ECMA = 2022;
const [, , folder] = process.argv;

/** Leaves the first script out of one that is loaded beside it, and imports it by its URL instead. */
function beside(clientUrl) {
  const setup = (build) => build.onResolve({ filter: /\/client\.ts$/ }, () => ({ path: clientUrl, external: true }));
  return { name: "beside the first script", setup };
}

/** Bundles a module; `cache` says which short names are given already, and which are in the end. */
async function bundle(name, cache, define, plugins) {
  const joined = await build({
    entryPoints: [`src/${name}`],
    plugins,
    bundle: true,
    format: "esm",
    target: `es${ECMA}`,
    charset: "utf8",
    legalComments: "none",
    minifySyntax: true,
    mangleProps: new RegExp(`^(${OWN_NAMES.join("|")})$`),
    mangleCache: cache,
    define,
    write: false,
  });
  const [{ text }] = joined.outputFiles;
  // Variables keep their names until the last pass, which shortens them all at once.
  const compressed = await compress(text, { module: true, ecma: ECMA, compress: { passes: 3, unsafe_arrows: true, unsafe: true }, mangle: false });
  const { code } = await shorten(compressed.code, { module: true, compress: { ecma: ECMA, passes: 5, unsafe_arrows: true }, mangle: true });
  return [code, joined.mangleCache];
}

// All give properties the same short names, so they work with each other only, and name each other by their versions, as the server
// computes them: the first those that it loads, and that of development the first.
let names = {};
/** Writes a script and returns its URL beside the others. */
async function write(name, entry, define, plugins) {
  const [code, given] = await bundle(entry, names, define, plugins);
  writeFileSync(join(folder, `${name}.js`), code);
  names = given;
  const version = createHash("sha256").update(code).digest("hex").slice(0, 16);
  return `./${name}.js?version=${version}`;
}

const RESUME_URL = JSON.stringify(await write("resume", "resume/resume.ts", {}));
const TRANSFER_URL = JSON.stringify(await write("transfer", "transfer/transfer.ts", { RESUME_URL }));
const clientUrl = await write("client", "client.ts", { RESUME_URL, TRANSFER_URL });
await write("development", "development/development.ts", {}, [beside(clientUrl)]);
