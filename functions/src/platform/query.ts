import type { Query, WhereFilterOp } from "@google-cloud/firestore";

/** The field of a query's order that is the document's id, as `FieldPath.documentId()`. */
export const DOCUMENT_ID = "__name__";

/** One collection, or all collections with the same id, by the methods of Firestore that begin such a query. */
export type QueryScope = "collection" | "collectionGroup";
type Operator = Extract<WhereFilterOp, "==" | "in" | "<=" | ">" | ">=">;
type Value = string | number | boolean | Date | null;

interface Declared<Field extends string> {
  readonly collection: string;
  readonly where?: Readonly<Record<Field, Operator>>;
  /** In the order of the fields. */
  readonly orderBy?: Readonly<Record<string, "asc" | "desc">>;
}

/**
 * A query without its values and its limit: what an index depends on. Each `db.ts` exports those it asks as `queries`.
 * Tests find them there and compare them with firestore.indexes.json, because the emulator works without any index.
 */
export interface QueryDefinition<
  Field extends string = string,
  Scope extends QueryScope = QueryScope,
> extends Declared<Field> {
  readonly scope: Scope;
}

/** A query of one collection. */
export function defineQuery<Field extends string = never>(
  declared: Declared<Field>,
): QueryDefinition<Field, "collection"> {
  return { scope: "collection", ...declared };
}

/** A query of all collections with the same id, wherever they are. */
export function defineGroupQuery<Field extends string = never>(
  declared: Declared<Field>,
): QueryDefinition<Field, "collectionGroup"> {
  return { scope: "collectionGroup", ...declared };
}

/**
 * Firestore's query for a declared one. `parent` is the database, or the document that a collection lies below; `values`
 * has one for each field that is asked for, and a list for the operator `in`.
 */
export function toQuery<Field extends string, Scope extends QueryScope>(
  parent: Readonly<Record<Scope, (collection: string) => Query>>,
  { scope, collection, where, orderBy }: QueryDefinition<Field, Scope>,
  values: Readonly<Record<NoInfer<Field>, Value | readonly Value[]>>,
): Query {
  let query = parent[scope](collection);
  if (where) for (const field in where) query = query.where(field, where[field], values[field]);
  for (const [field, direction] of Object.entries(orderBy ?? {})) query = query.orderBy(field, direction);
  return query;
}
