import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const LIST = "LOADED_FILES";
const preload = `
  import { appendFileSync } from "node:fs";
  import { registerHooks } from "node:module";
  registerHooks({
    load(url, context, next) {
      appendFileSync(process.env.${LIST}, url + "\\n");
      return next(url, context);
    },
  });`;

/** The environment in which Node notes every file that it loads in a list. */
export function toTracingEnvironment(list: string): Record<string, string> {
  return { [LIST]: list, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(preload)}` };
}

/** The source files that the listed files of the bundle were made of. */
export function readLoadedSources(list: string): string[] {
  const urls = new Set(readFileSync(list, "utf8").split("\n"));
  const maps = [...urls].filter((url) => url.startsWith("file:")).map((url) => `${fileURLToPath(url)}.map`);
  return maps.filter((map) => existsSync(map) && map.endsWith(".mjs.map")).flatMap(readSources);
}

/** The packages that files belong to, each once. */
export function toPackages(files: readonly string[]): string[] {
  const names = files.map((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function readSources(map: string): string[] {
  const { sources }: { sources: string[] } = JSON.parse(readFileSync(map, "utf8"));
  return sources;
}
