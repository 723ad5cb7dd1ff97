import { globSync } from "node:fs";
import { join } from "node:path";
import { DOCUMENT_ID, type QueryDefinition, type QueryScope } from "../../functions/src/platform/query.ts";
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

export interface QueryShape {
  readonly scope: QueryScope;
  readonly collection: string;
  /** Such as `status ==`. */
  readonly conditions: readonly string[];
  readonly orderBy: readonly (readonly [field: string, direction: string])[];
}

export function toShape({ scope, collection, where = {}, orderBy = {} }: QueryDefinition): QueryShape {
  const conditions = Object.entries(where).map(([field, operator]) => `${field} ${operator}`);
  return { scope, collection, conditions, orderBy: Object.entries(orderBy) };
}

/**
 * What a query asks in one line, the same however it was built: its order ends with the document's id, in the direction
 * before it, whether it says so or not.
 */
export function toText({ scope, collection, conditions, orderBy }: QueryShape): string {
  const [last, before] = orderBy.toReversed();
  const isImplied = last?.[0] === DOCUMENT_ID && last[1] === (before?.[1] ?? "asc");
  const order = (isImplied ? orderBy.slice(0, -1) : orderBy).map((field) => field.join(" "));
  return [
    scope === "collectionGroup" ? `every ${collection}` : collection,
    ...(conditions.length > 0 ? [`where ${conditions.toSorted().join(" and ")}`] : []),
    ...(order.length > 0 ? [`by ${order.join(", ")}`] : []),
  ].join(" ");
}
