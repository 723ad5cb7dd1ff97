import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../paths.ts";

/**
 * Fails under another Node than the one the functions are deployed to: the emulator runs them with whatever Node it
 * is run with itself. `npm run` finds the right one, which the project's own `node` package brings.
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
