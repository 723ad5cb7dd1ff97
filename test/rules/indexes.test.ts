import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import indexes from "../../firestore.indexes.json" with { type: "json" };
import { buyerSchema } from "../../functions/src/gateway/buyerDb.ts";
import {
  paymentSchema,
  paymentSessionSchema,
  webhookEventSchema,
} from "../../functions/src/gateway/types.ts";
import { grantSchema, holdSchema } from "../../functions/src/subscription/types.ts";

interface ListedQuery {
  readonly collection: string;
  /** Fields asked for by equality. */
  readonly equal?: readonly string[];
  readonly orderBy?: readonly [field: string, direction: "ASCENDING" | "DESCENDING"];
  readonly thenBy?: string;
  /** Whether it asks all collections of that name. */
  readonly group?: boolean;
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
  "a user's grants, soonest expiry first": { collection: "grants", orderBy: ["expiresAt", "ASCENDING"] },
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
  it("name every field that the functions, the client and the shop ask by", () => {
    const listed = new Set(
      Object.values(listedQueries).flatMap((query) => toFields(query).map(({ fieldPath }) => fieldPath)),
    );
    const asked = globSync("{functions/src,client,web}/**/*.ts", { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/\b(?:where|orderBy)\(\s*"([^"]+)"/g)].map(
        ([, field = ""]) => ({ file, field }),
      ),
    );
    expect(asked.filter(({ field }) => !listed.has(field))).toEqual([]);
  });
});

/** As far as it is used of firebase-tools, which has no types. */
interface FirestoreModule {
  readonly FirestoreApi: new () => { validateSpec(spec: unknown): void };
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
