/**
 * Makes the script that is committed, at the path that it is given: esbuild joins the modules, then terser and swc make
 * them short, each in ways that the other does not know.
 */
import { writeFileSync } from "node:fs";
import { minify as shorten } from "@swc/core";
import { build } from "esbuild";
import { minify as compress } from "terser";
import { OWN_NAMES } from "./own-names.mjs";

const ECMA = 2022;

const joined = await build({
  entryPoints: ["src/client.ts"],
  bundle: true,
  format: "esm",
  target: `es${ECMA}`,
  charset: "utf8",
  legalComments: "none",
  minifySyntax: true,
  mangleProps: new RegExp(`^(${OWN_NAMES.join("|")})$`),
  write: false,
});
const [{ text }] = joined.outputFiles;
// Variables keep their names until the last pass, which shortens them all at once.
const compressed = await compress(text, { module: true, ecma: ECMA, compress: { passes: 3, unsafe_arrows: true, unsafe: true }, mangle: false });
const { code } = await shorten(compressed.code, { module: true, compress: { ecma: ECMA, passes: 5, unsafe_arrows: true }, mangle: true });
writeFileSync(process.argv[2], code);
