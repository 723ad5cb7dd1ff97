import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, projectRoot } from "../../local/paths.ts";
import type { FunctionSource } from "../../tests/kit/hosting/functionProcess.ts";

/** The kinds of bare functions that ours are compared with, each a file of `floors/`. */
export type FloorKind = "call" | "request" | "schedule" | "trigger" | "webhook";

/** The bare function of a kind, in a folder of its own that finds the packages that ours are made of. */
export function createFloor(kind: FloorKind): FunctionSource {
  const folder = join(cacheFolder, "bench", kind);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(import.meta.dirname, "../floors", `${kind}.cjs`), join(folder, "index.js"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: kind, main: "index.js" }));
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) symlinkSync(join(projectRoot, "functions/node_modules"), modules, "junction");
  return { folder, target: "floor", signature: kind === "trigger" ? "cloudevent" : "http" };
}
