import { globSync } from "node:fs";
import { join } from "node:path";
import type { QueryDefinition } from "../../functions/src/platform/query.ts";
import { projectRoot } from "../../local/paths.ts";

/** Every query that the functions declare. */
export async function readDeclaredQueries(): Promise<QueryDefinition[]> {
  const files = globSync("functions/src/**/db.ts", { cwd: projectRoot });
  const declared = await Promise.all(files.map(readQueriesOf));
  return declared.flat();
}

async function readQueriesOf(file: string): Promise<QueryDefinition[]> {
  const room: { queries?: Readonly<Record<string, QueryDefinition>> } = await import(join(projectRoot, file));
  return Object.values(room.queries ?? {});
}
