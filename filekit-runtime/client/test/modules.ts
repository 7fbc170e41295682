/**
 * The client's modules as a graph: which names each imports, and from where, read as TypeScript reads them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

/** One name that a module imports, or exports from another; `*` is all of them. */
interface Link {
  readonly from: string;
  /** Its name there. */
  readonly name: string;
  /** Its name here, for those that import it from this module. */
  readonly as: string;
  readonly isType: boolean;
}

export interface Module {
  /** The path below `src`. */
  readonly path: string;
  readonly source: string;
  /** What it imports, with the module that declares it: a re-export is followed to its end. */
  readonly imports: readonly Link[];
}

/** Returns all modules of a folder. */
export function readModules(folder = "src"): Module[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts")).map((path) => path.replaceAll("\\", "/"));
  return linked(new Map(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")])));
}

/** Returns modules by their paths and sources. */
export function linked(sources: ReadonlyMap<string, string>): Module[] {
  const parsed = new Map([...sources].map(([path, source]) => [path, linksOf(path, source)]));
  /** Follows a name to the module that declares it. */
  const declared = (link: Link): Link[] => {
    const through = parsed.get(link.from)?.exports ?? [];
    const named = through.filter(({ as }) => as === link.name || link.name === "*");
    const next = named.length > 0 ? named : through.filter(({ as }) => as === "*");
    const ends = next.flatMap((each) => declared({ ...each, name: each.name === "*" ? link.name : each.name, isType: link.isType || each.isType }));
    // What is not said to come from elsewhere may be declared in the module itself.
    return named.length > 0 && link.name !== "*" ? ends : [link, ...ends];
  };
  return [...parsed].map(([path, { imports, exports }]) => ({ path, source: sources.get(path) ?? "", imports: [...imports, ...exports].flatMap(declared) }));
}

function linksOf(path: string, source: string): { imports: Link[]; exports: Link[] } {
  const links: { imports: Link[]; exports: Link[] } = { imports: [], exports: [] };
  for (const statement of ts.createSourceFile(path, source, ts.ScriptTarget.ES2022).statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const specifier = statement.moduleSpecifier;
    if (!specifier || !ts.isStringLiteral(specifier)) continue;
    const from = normalize(join(dirname(path), specifier.text)).replaceAll("\\", "/");
    const isImport = ts.isImportDeclaration(statement);
    const clause = isImport ? statement.importClause : statement;
    const bindings = isImport ? statement.importClause?.namedBindings : statement.exportClause;
    const isType = clause?.isTypeOnly === true;
    const names = bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings)) ? [...bindings.elements] : [];
    for (const { name, propertyName, isTypeOnly } of names) {
      links[isImport ? "imports" : "exports"].push({ from, name: (propertyName ?? name).text, as: name.text, isType: isType || isTypeOnly });
    }
    // All names, under one name or by their own; or none, for what the module does when it is loaded.
    if (names.length === 0) links[isImport ? "imports" : "exports"].push({ from, name: "*", as: "*", isType });
  }
  return links;
}

/** Returns the modules that import one another in a circle, by values, the largest circle first. */
export function circles(modules: readonly Module[]): string[][] {
  const values = new Map(modules.map(({ path, imports }) => [path, imports.filter(({ isType }) => !isType).map(({ from }) => from)]));
  const reached = new Map([...values.keys()].map((path) => [path, reachedFrom(values, path)]));
  const found = new Map<string, string[]>();
  for (const path of values.keys()) {
    const circle = [...(reached.get(path) ?? [])].filter((other) => reached.get(other)?.has(path)).sort();
    if (circle.length > 0) found.set(circle.join(), circle);
  }
  return [...found.values()].sort((a, b) => b.length - a.length);
}

/** All modules that a module leads to; itself only in a circle. */
function reachedFrom(values: ReadonlyMap<string, readonly string[]>, start: string): Set<string> {
  const reached = new Set<string>();
  const left = [start];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    for (const next of values.get(path) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      left.push(next);
    }
  }
  return reached;
}
