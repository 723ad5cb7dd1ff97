import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../paths.ts";

/**
 * Fails unless this is the version of Node that the functions are deployed to, because the emulator runs them with its
 * own Node. `npm run` finds the right one: it comes with the project's `node` package.
 */
export function requireFunctionsNode(version = process.versions.node, root = projectRoot): void {
  const { engines }: { engines: { node: string } } = JSON.parse(
    readFileSync(join(root, "functions/package.json"), "utf8"),
  );
  if (version.split(".")[0] === engines.node) return;
  throw new Error(
    `Cannot start under Node ${version}: the functions need Node ${engines.node}, run it with npm`,
  );
}
