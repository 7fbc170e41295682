/**
 * Makes the three scripts that are committed, in the folder that it is given: esbuild joins the modules, then terser and swc
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

/** Bundles a module; `cache` says which short names are given already, and which are in the end. */
async function bundle(name, cache, define) {
  const joined = await build({
    entryPoints: [`src/${name}`],
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

// All give properties the same short names, so they work with each other only: the first names the others by their versions,
// as the server computes them.
const urls = {};
let names = {};
for (const [name, constant] of [["resume", "RESUME_URL"], ["transfer", "TRANSFER_URL"], ["client"]]) {
  const [code, given] = await bundle(name === "client" ? "client.ts" : `${name}/${name}.ts`, names, urls);
  writeFileSync(join(folder, `${name}.js`), code);
  names = given;
  const version = createHash("sha256").update(code).digest("hex").slice(0, 16);
  if (constant) urls[constant] = JSON.stringify(`./${name}.js?version=${version}`);
}
