import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { requireBuiltins } from "./builtins.ts";
import { deferModules, toDeferredFiles } from "./deferred.ts";
import { parseEntries, toFileName, type Entry } from "./entries.ts";
import { replaceModules } from "./lean.ts";
import { LICENSES_FILE, toLicensesText } from "./licenses.ts";

const sourceFolder = join(import.meta.dirname, "../src");

/** What CommonJS packages expect to find. */
const commonJs = [
  'import { createRequire } from "node:module";',
  "const require = createRequire(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;",
].join("\n");

/**
 * Bundles `src/index.ts` into a folder: a file for each module that has functions, files for what those share and for
 * what is loaded later, an `index.cjs` that loads a function's module when that function is asked for, and a list of
 * the licenses of the bundled packages.
 */
export async function bundleFunctions(outFolder: string): Promise<void> {
  const entries = parseEntries(readFileSync(join(sourceFolder, "index.ts"), "utf8"));
  const { metafile } = await build({
    entryPoints: { ...toEntryFiles(entries), ...toDeferredFiles() },
    outdir: outFolder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    banner: { js: commonJs },
    // Names are kept: they are read in stack traces, and cost no time.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    // An optional one of debug's, which would come from wherever the workshop has it.
    external: ["supports-color"],
    logLevel: "warning",
    plugins: [requireBuiltins, deferModules, replaceModules],
  });
  const ownFiles = { "index.cjs": toIndex(entries), [LICENSES_FILE]: toLicensesText(metafile) };
  for (const [file, text] of Object.entries(ownFiles)) writeFileSync(join(outFolder, file), text);
  const bundled = Object.keys(metafile.outputs).map((file) => basename(file));
  removeOthers(outFolder, [...bundled, ...Object.keys(ownFiles)]);
}

function toEntryFiles(entries: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(entries.map((entry) => [toFileName(entry), join(sourceFolder, entry.module)]));
}

/** To find the functions all getters are read; to run one function, only its own. */
function toIndex(entries: readonly Entry[]): string {
  const getters = entries.flatMap((entry) =>
    entry.names.map((name) => `  get ${name}() { return require("./${toFileName(entry)}.mjs").${name}; },\n`),
  );
  return `module.exports = {\n${getters.join("")}};\n`;
}

/** Removes what an earlier build left. It comes after the new files, so that a running emulator never misses one. */
function removeOthers(folder: string, kept: readonly string[]): void {
  const others = globSync("**", { cwd: folder }).filter((file) => file !== "." && !kept.includes(file));
  for (const file of others) rmSync(join(folder, file), { recursive: true, force: true });
}
