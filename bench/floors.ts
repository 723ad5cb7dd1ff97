import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, projectRoot } from "../local/paths.ts";

/** The kinds of bare functions that ours are compared with, each a file of `floors/`. */
export type FloorKind = "call" | "request" | "schedule" | "trigger" | "webhook";

/** A folder that is deployed with one bare function, `floor`, which finds the packages that ours are made of. */
export function createFloor(kind: FloorKind): string {
  const folder = join(cacheFolder, "bench", kind);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(import.meta.dirname, "floors", `${kind}.cjs`), join(folder, "index.js"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: kind, main: "index.js" }));
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) symlinkSync(join(projectRoot, "functions/node_modules"), modules, "junction");
  return folder;
}
