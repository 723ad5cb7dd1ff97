import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import indexes from "../../firestore.indexes.json" with { type: "json" };
import { buyerSchema } from "../../functions/src/buyers/documents.ts";
import { paymentSchema, paymentSessionSchema } from "../../functions/src/payments/documents.ts";
import { webhookEventSchema } from "../../functions/src/inbox/documents.ts";
import { grantSchema, holdSchema } from "../../functions/src/credits/documents.ts";
import { toAskedQueries, type AskedQuery } from "./askedQueries.ts";

interface ListedQuery {
  readonly collection: string;
  /** Fields asked for by equality. */
  readonly equal?: readonly string[];
  readonly orderBy?: readonly [field: string, direction: "ASCENDING" | "DESCENDING"];
  readonly thenBy?: string;
  /** Whether it asks all collections of that name. */
  readonly group?: boolean;
  /** Whether nothing here asks it, but apps are to. */
  readonly byApps?: true;
}

/** What the functions and their apps ask by: the emulator needs no index and so would not miss one. */
const listedQueries: Readonly<Record<string, ListedQuery>> = {
  "a user's payments, newest first": {
    collection: "payments",
    equal: ["userId"],
    orderBy: ["createdAt", "DESCENDING"],
  },
  "a user's checkouts, newest first": {
    collection: "payment_sessions",
    equal: ["userId"],
    orderBy: ["createdAt", "DESCENDING"],
    byApps: true,
  },
  "open checkouts, most overdue first": {
    collection: "payment_sessions",
    equal: ["status"],
    orderBy: ["expiresAt", "ASCENDING"],
  },
  "failed events, longest due first": {
    collection: "webhook_events",
    equal: ["status"],
    orderBy: ["nextAttemptAt", "ASCENDING"],
  },
  "deleted users of whom something is left": { collection: "customers", equal: ["forgottenAt"] },
  "payments changed since": { collection: "payments", orderBy: ["updatedAt", "ASCENDING"] },
  "active products": { collection: "products", equal: ["active"] },
  "a user's grants, soonest expiry first": {
    collection: "grants",
    orderBy: ["expiresAt", "ASCENDING"],
    byApps: true,
  },
  "a user's grants, in the order of spending": {
    collection: "grants",
    equal: ["status"],
    orderBy: ["spendableUntil", "ASCENDING"],
    thenBy: "startDate",
  },
  "a user's grants that count, last end first": {
    collection: "grants",
    equal: ["status"],
    orderBy: ["spendableUntil", "DESCENDING"],
  },
  "a user's grants, first start first": { collection: "grants", orderBy: ["startDate", "ASCENDING"] },
  "a user's grants that repay debt": { collection: "grants", orderBy: ["repaid", "DESCENDING"] },
  "everybody's grants that ran out": {
    collection: "grants",
    equal: ["status"],
    orderBy: ["spendableUntil", "ASCENDING"],
    group: true,
  },
  "a user's holds whose time is over": {
    collection: "holds",
    equal: ["status"],
    orderBy: ["expiresAt", "ASCENDING"],
  },
  "everybody's holds whose time is over": {
    collection: "holds",
    equal: ["status"],
    orderBy: ["expiresAt", "ASCENDING"],
    group: true,
  },
  "a user's ledger, newest first": { collection: "entries", orderBy: ["seq", "DESCENDING"] },
};

const root = join(import.meta.dirname, "../..");

const fieldsOf: Readonly<Record<string, object>> = {
  payments: paymentSchema.shape,
  payment_sessions: paymentSessionSchema.shape,
  webhook_events: webhookEventSchema.shape,
  customers: buyerSchema.shape,
  grants: grantSchema.shape,
  holds: holdSchema.shape,
};

describe("firestore.indexes.json", () => {
  it("has the form that a deployment accepts", () => {
    const { FirestoreApi }: FirestoreModule = createRequire(import.meta.url)(
      "firebase-tools/lib/firestore/api",
    );
    expect(() => new FirestoreApi().validateSpec(indexes)).not.toThrow();
  });

  it("has the composite index of every query that needs one, and no other", () => {
    const needed = Object.values(listedQueries).filter((query) => toFields(query).length > 1);
    expect(indexes.indexes).toEqual(needed.map(toIndex));
  });

  it("names fields that the documents have", () => {
    const named = [
      ...indexes.indexes.flatMap(({ collectionGroup, fields }) =>
        fields.map(({ fieldPath }) => ({ collectionGroup, fieldPath })),
      ),
      ...indexes.fieldOverrides,
    ];
    const unknown = named.filter(
      ({ collectionGroup, fieldPath }) => !(fieldPath in (fieldsOf[collectionGroup] ?? {})),
    );
    expect(unknown).toEqual([]);
  });

  it("exempts no field that is asked by", () => {
    const asked = new Set(
      Object.values(listedQueries).flatMap((query) =>
        toFields(query).map(({ fieldPath }) => `${query.collection}.${fieldPath}`),
      ),
    );
    const exempt = indexes.fieldOverrides.map(
      ({ collectionGroup, fieldPath }) => `${collectionGroup}.${fieldPath}`,
    );
    expect(exempt.filter((field) => asked.has(field))).toEqual([]);
  });

  it("lets the inbox expire", () => {
    const expiring = indexes.fieldOverrides.filter(({ ttl }) => ttl);
    expect(expiring).toEqual([
      { collectionGroup: "webhook_events", fieldPath: "expireAt", ttl: true, indexes: [] },
    ]);
  });
});

describe("the listed queries", () => {
  const listed = new Set(Object.values(listedQueries).map(toSignature));
  const asked = globSync("{functions/src,client,web}/**/*.ts", { cwd: root }).flatMap((file) =>
    toAskedQueries(readFileSync(join(root, file), "utf8"))
      .map(toListed)
      .filter((query) => toFields(query).length > 0)
      .map((query) => ({ file, signature: toSignature(query), needsGroupIndex: isGroupByOneField(query) })),
  );

  it("are all that the functions, the client and the shop ask", () => {
    expect(asked.filter(({ signature }) => !listed.has(signature))).toEqual([]);
  });

  it("are asked, but for those of apps", () => {
    const signatures = new Set(asked.map(({ signature }) => signature));
    const ours = Object.entries(listedQueries).filter(([, { byApps }]) => !byApps);
    expect(ours.filter(([, query]) => !signatures.has(toSignature(query)))).toEqual([]);
  });

  it("have no collection group asked by one field, for which Firestore has no index by itself", () => {
    expect(asked.filter(({ needsGroupIndex }) => needsGroupIndex)).toEqual([]);
  });
});

describe("toAskedQueries", () => {
  it.each<[string, string, Partial<AskedQuery>]>([
    [
      "a chain",
      'db\n  .collection("a")\n  .where("b", "==", 1)\n  .where("c", "<=", now())\n  .orderBy("c")\n  .limit(1)',
      { collection: "a", group: false, equal: ["b"], order: [["c", "ASCENDING"]] },
    ],
    [
      "a group",
      'db.collectionGroup("a").orderBy("b", "desc")',
      { group: true, order: [["b", "DESCENDING"]] },
    ],
    ["a part", 'partsOf(db, userId, "a").orderBy("b")', { collection: "a", order: [["b", "ASCENDING"]] }],
    [
      "a variable",
      'const all = this.#part("a");\nall.where("b", "in", [1])',
      { collection: "a", equal: ["b"] },
    ],
    ["ids", 'part("a").orderBy(FieldPath.documentId(), "desc")', { collection: "a", equal: [], order: [] }],
    [
      "the client SDK's form",
      'query(\n  collection(db, "a"),\n  where("b", "==", uid(1)),\n  orderBy("c", "desc"),\n  limit(2),\n)',
      { collection: "a", equal: ["b"], order: [["c", "DESCENDING"]] },
    ],
  ])("reads %s", (_, source, expected) => {
    expect(toAskedQueries(source)).toEqual([expect.objectContaining(expected)]);
  });

  it.each([
    'collections[0].where("a", "==", 1)',
    'query.where("a", "==", 1)',
    'db.collection(name).where("a", "==", 1)',
    'db.collection("a").where(field, "==", 1)',
    'db.collection("a").orderBy(field)',
    'db.collection("a").limit(1).where("b", "==", 1)',
    'db.collection("a").where("b", ">", 1)',
    'db.collection("a").where(Filter.or(Filter.where("b", "==", 1)))',
  ])("refuses what it would not find: %s", (source) => {
    expect(() => toAskedQueries(source)).toThrow("Cannot read");
  });
});

/** As far as it is used of firebase-tools, which has no types. */
interface FirestoreModule {
  readonly FirestoreApi: new () => { validateSpec(spec: unknown): void };
}

function toListed({ collection, group, equal, order }: AskedQuery): ListedQuery {
  const [orderBy, thenBy, ...more] = order;
  if (more.length > 0) throw new Error(`Cannot list a query of "${collection}": ordered by too many fields`);
  return { collection, group, equal, ...(orderBy && { orderBy }), ...(thenBy && { thenBy: thenBy[0] }) };
}

/** What an index must match; by one field alone, Firestore answers in either direction. */
function toSignature(query: ListedQuery): string {
  const fields = toFields(query);
  const parts = fields.map(({ fieldPath, order }) =>
    fields.length === 1 ? fieldPath : `${fieldPath} ${order}`,
  );
  return [query.group ? `**/${query.collection}` : query.collection, ...parts].join(", ");
}

function isGroupByOneField(query: ListedQuery): boolean {
  return query.group === true && toFields(query).length === 1;
}

function toFields({ equal = [], orderBy, thenBy }: ListedQuery): { fieldPath: string; order: string }[] {
  const fields = equal.map((fieldPath) => ({ fieldPath, order: "ASCENDING" }));
  if (orderBy) fields.push({ fieldPath: orderBy[0], order: orderBy[1] });
  if (thenBy !== undefined) fields.push({ fieldPath: thenBy, order: "ASCENDING" });
  return fields;
}

function toIndex(query: ListedQuery): object {
  return {
    collectionGroup: query.collection,
    queryScope: query.group ? "COLLECTION_GROUP" : "COLLECTION",
    fields: toFields(query),
  };
}
