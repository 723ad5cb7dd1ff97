import {
  and,
  collection,
  collectionGroup,
  documentId,
  getCountFromServer,
  getDocsFromServer,
  limit,
  or,
  orderBy,
  query,
  where,
  type Firestore,
  type Query,
  type QueryConstraint,
  type QueryFilterConstraint,
} from "firebase/firestore";
import { defineQuery, type QueryDefinition } from "../../functions/src/platform/query.ts";

const newestOwn = { where: { userId: "==" }, orderBy: { createdAt: "desc" } } as const;

/** What apps ask about their signed-in user and about what is for sale: the rules allow it, and it has its index. */
export const appQueries = {
  ownPayments: defineQuery({ collection: "payments", ...newestOwn }),
  ownSessions: defineQuery({ collection: "payment_sessions", ...newestOwn }),
  ownPlans: defineQuery({ collection: "plans", where: { userId: "==" } }),
  activeProducts: defineQuery({ collection: "products", where: { active: "==" } }),
  newestEntries: defineQuery({ collection: "entries", orderBy: { seq: "desc" } }),
  grantsBySoonestExpiry: defineQuery({ collection: "grants", orderBy: { expiresAt: "asc" } }),
};

/** Reads from a collection or a collection group. */
type Read = (from: Query) => Promise<unknown>;

const owners = where("userId", "==", "owner");
const others = where("userId", "==", "other");
const active = where("active", "==", true);
const inactive = where("active", "==", false);
const newestFirst = orderBy("createdAt", "desc");

const narrowed =
  (...constraints: QueryConstraint[]): Read =>
  (from) =>
    getDocsFromServer(query(from, ...constraints));

/** What a declared query asks, of any collection. */
const asked = <Field extends string>(
  { where: operators, orderBy: directions = {} }: QueryDefinition<Field>,
  values: Readonly<Record<NoInfer<Field>, string | boolean>>,
  ...more: QueryConstraint[]
): Read => {
  const constraints: QueryConstraint[] = [];
  if (operators)
    for (const field in operators) constraints.push(where(field, operators[field], values[field]));
  for (const [field, direction] of Object.entries(directions)) constraints.push(orderBy(field, direction));
  return narrowed(...constraints, ...more);
};

const either =
  (...filters: QueryFilterConstraint[]): Read =>
  (from) =>
    getDocsFromServer(query(from, or(...filters)));

const ownersInTwoStates: Read = (from) =>
  getDocsFromServer(
    query(from, and(owners, or(where("status", "==", "succeeded"), where("status", "==", "created")))),
  );

const counted =
  (...constraints: QueryConstraint[]): Read =>
  (from) =>
    getCountFromServer(query(from, ...constraints));

/** The queries of the tables by their names there. */
const reads: ReadonlyMap<string, Read> = new Map([
  ["everything", narrowed()],
  ["limit 1", narrowed(limit(1))],
  ["newest first", narrowed(newestFirst)],
  ["by seq, limit 10", asked(appQueries.newestEntries, {}, limit(10))],
  ["soonest expiry first", asked(appQueries.grantsBySoonestExpiry, {})],
  ["count", counted()],
  ["userId == owner", narrowed(owners)],
  ["userId == owner, newest first, limit 10", asked(appQueries.ownPayments, { userId: "owner" }, limit(10))],
  ["count, userId == owner", counted(owners)],
  ["userId == other", narrowed(others)],
  ["userId == null", narrowed(where("userId", "==", null))],
  ["userId in owner", narrowed(where("userId", "in", ["owner"]))],
  ["userId in owner, other", narrowed(where("userId", "in", ["owner", "other"]))],
  ["userId == owner or other", either(owners, others)],
  ["userId == owner or active", either(owners, active)],
  ["userId == owner and one of two states", ownersInTwoStates],
  ["userId != other", narrowed(where("userId", "!=", "other"))],
  ["userId not in other", narrowed(where("userId", "not-in", ["other"]))],
  ["userId from owner to owner", narrowed(where("userId", ">=", "owner"), where("userId", "<=", "owner"))],
  ["status == succeeded", narrowed(where("status", "==", "succeeded"))],
  ["id == owner", narrowed(where(documentId(), "==", "owner"))],
  ["id == missing", narrowed(where(documentId(), "==", "missing"))],
  ["id == of_other", narrowed(where(documentId(), "==", "of_other"))],
  ["active == true", asked(appQueries.activeProducts, { active: true })],
  ["active == true, newest first, limit 10", narrowed(active, newestFirst, limit(10))],
  ["active == false", narrowed(inactive)],
  ["active in true, false", narrowed(where("active", "in", [true, false]))],
  ["active == true or false", either(active, inactive)],
  ["active != false", narrowed(where("active", "!=", false))],
]);

/** The read a table names; its target is a collection's path, or a collection group's id after two asterisks. */
export function toRead(name: string, target: string): (db: Firestore) => Promise<unknown> {
  const read = reads.get(name);
  if (!read) throw new Error(`Cannot read "${target}": no query is called "${name}"`);
  return (db) =>
    read(target.startsWith("**/") ? collectionGroup(db, target.slice(3)) : collection(db, target));
}
