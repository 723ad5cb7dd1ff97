import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { deleteApp, initializeApp } from "firebase/app";
import { connectFirestoreEmulator, getFirestore, type Firestore } from "firebase/firestore";
import { describe, expect, it, onTestFinished } from "vitest";
import indexes from "../../firestore.indexes.json" with { type: "json" };
import { buyerSchema } from "../../functions/src/buyers/documents.ts";
import { grantSchema, holdSchema } from "../../functions/src/credits/documents.ts";
import { webhookEventSchema } from "../../functions/src/inbox/documents.ts";
import {
  paymentSchema,
  paymentSessionSchema,
  privateFactsSchema,
} from "../../functions/src/payments/documents.ts";
import { DOCUMENT_ID, type QueryDefinition } from "../../functions/src/platform/query.ts";
import { projectRoot } from "../../local/paths.ts";
import { emptyAccount, watchAccount } from "../../web/src/account.ts";
import { watchProducts, type Catalogue } from "../../web/src/products.ts";
import { createStore } from "../../web/src/store.ts";
import { eventually } from "../kit/eventually.ts";
import { readDeclaredQueries, toShape, toText } from "../kit/queries.ts";
import { suite } from "../kit/suite/suite.ts";
import { startFirestoreProxy } from "../kit/transport/firestoreProxy.ts";
import { Gate } from "../kit/transport/gate.ts";
import { appQueries } from "./queries.ts";

const declaredQueries = await readDeclaredQueries();
/** The emulator needs no index and so would not miss one. */
const queries = [...declaredQueries, ...Object.values(appQueries)];

const fieldsOf: Readonly<Record<string, object>> = {
  payments: paymentSchema.shape,
  payment_sessions: paymentSessionSchema.shape,
  webhook_events: webhookEventSchema.shape,
  customers: buyerSchema.shape,
  grants: grantSchema.shape,
  holds: holdSchema.shape,
  private: privateFactsSchema.shape,
};

describe("firestore.indexes.json", () => {
  it("has the form that a deployment accepts", () => {
    const { FirestoreApi }: FirestoreModule = createRequire(import.meta.url)(
      "firebase-tools/lib/firestore/api",
    );
    expect(() => new FirestoreApi().validateSpec(indexes)).not.toThrow();
  });

  it("has the composite index of every query that needs one, and no other", () => {
    const needed = queries.filter((query) => toFields(query).length > 1).map(toIndex);
    expect(indexes.indexes.map(toLine).toSorted()).toEqual([...new Set(needed.map(toLine))].toSorted());
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
      queries.flatMap((query) => toFields(query).map(({ fieldPath }) => `${query.collection}.${fieldPath}`)),
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

describe("the declared queries", () => {
  it("are all that the functions declare", () => {
    const files = globSync("functions/src/**/*.ts", { cwd: projectRoot, exclude: ["**/query{,.test}.ts"] });
    const sources = files.map(readSource).join("\n");
    expect(declaredQueries.length).toBeGreaterThan(10);
    expect(sources.match(/\bdefine(?:Group)?Query\(/g)).toHaveLength(declaredQueries.length);
  });

  it("are all that the shop asks, of what the rules' tests know that apps ask", async () => {
    const userId = crypto.randomUUID();
    const { db, gate } = await openShop(userId);
    const account = createStore(emptyAccount);
    const products = createStore<Catalogue>("loading");
    onTestFinished(watchAccount(db, userId, account));
    onTestFinished(watchProducts(db, products));
    await eventually(() => expect(Object.values(account.get())).not.toContain(undefined));
    await eventually(() => expect(products.get()).not.toBe("loading"));
    const { ownPayments, newestEntries, activeProducts } = appQueries;
    const known = [ownPayments, newestEntries, activeProducts].map(toShape).map(toText);
    expect(gate.calls.flatMap(({ queries: asked }) => asked).toSorted()).toEqual(known.toSorted());
  });

  it("are asked by no other file of the shop, and by none of the client", () => {
    const files = globSync("{client,web}/**/*.ts", { cwd: projectRoot });
    const asking = files.filter((file) => /\b(?:where|orderBy)\(/.test(readSource(file)));
    expect(asking.toSorted()).toEqual(["web/src/account.ts", "web/src/products.ts"]);
  });

  it("have no collection group asked by one field, for which Firestore has no index by itself", () => {
    const groups = queries.filter(({ scope }) => scope === "collectionGroup");
    expect(groups.length).toBeGreaterThan(0);
    expect(groups.filter((query) => toFields(query).length < 2)).toEqual([]);
  });
});

/** A signed-in user's way to the emulator, which notes what they ask. */
async function openShop(userId: string): Promise<{ db: Firestore; gate: Gate }> {
  const gate = new Gate();
  const proxy = await startFirestoreProxy(suite.firestoreHost, gate);
  const app = initializeApp({ projectId: suite.projectId, apiKey: "demo" }, crypto.randomUUID());
  onTestFinished(async () => {
    await deleteApp(app);
    proxy.close();
  });
  const db = getFirestore(app);
  const { hostname, port } = new URL(`http://${proxy.host}`);
  connectFirestoreEmulator(db, hostname, Number(port), { mockUserToken: { sub: userId } });
  return { db, gate };
}

function readSource(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}

/** As far as it is used of firebase-tools, which has no types. */
interface FirestoreModule {
  readonly FirestoreApi: new () => { validateSpec(spec: unknown): void };
}

interface IndexField {
  readonly fieldPath: string;
  readonly order: string;
}

interface Index {
  readonly collectionGroup: string;
  readonly queryScope: string;
  readonly fields: readonly IndexField[];
}

/**
 * What an index must match: first what is equal, then the order. A range must be what is ordered by first, and the
 * document's id comes last by itself, in the direction of the field before it.
 * Source: https://firebase.google.com/docs/firestore/query-data/index-overview
 */
function toFields({ collection, where = {}, orderBy = {} }: QueryDefinition): IndexField[] {
  const conditions = Object.entries(where);
  const order = Object.entries(orderBy);
  const equal = conditions.filter(([, operator]) => operator === "==" || operator === "in");
  const ranges = conditions.filter(([, operator]) => operator !== "==" && operator !== "in");
  if (ranges.some(([field]) => field !== order[0]?.[0]))
    throw new Error(`Cannot index a query of "${collection}": its range is not what it is ordered by first`);
  const idAt = order.findIndex(([field]) => field === DOCUMENT_ID);
  const before = idAt === -1 ? order : order.slice(0, idAt);
  if (idAt !== -1 && (idAt < order.length - 1 || order[idAt]?.[1] !== (before.at(-1)?.[1] ?? "asc")))
    throw new Error(
      `Cannot index a query of "${collection}": its id is not last, in the direction before it`,
    );
  return [
    ...equal.map(([fieldPath]) => ({ fieldPath, order: "ASCENDING" })),
    ...before.map(([fieldPath, direction]) => ({ fieldPath, order: toOrder(direction) })),
  ];
}

function toOrder(direction: "asc" | "desc"): string {
  return direction === "asc" ? "ASCENDING" : "DESCENDING";
}

function toIndex(query: QueryDefinition): Index {
  return {
    collectionGroup: query.collection,
    queryScope: query.scope === "collectionGroup" ? "COLLECTION_GROUP" : "COLLECTION",
    fields: toFields(query),
  };
}

function toLine({ collectionGroup, queryScope, fields }: Index): string {
  const parts = fields.map(({ fieldPath, order }) => `${fieldPath} ${order}`);
  return `${queryScope} ${collectionGroup}: ${parts.join(", ")}`;
}
