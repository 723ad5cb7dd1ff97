import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Filter } from "@google-cloud/firestore";
import * as grpc from "@grpc/grpc-js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connectFirestore, db as direct, suite } from "../suite/harness.ts";
import { toCosts, type Costs } from "./costs.ts";
import { startFirestoreProxy, type FirestoreProxy } from "./firestoreProxy.ts";
import { Gate, noCounts, type Call } from "./gate.ts";

type Received = grpc.ServerUnaryCall<Buffer, Buffer>;
type Send = grpc.sendUnaryData<Buffer>;

const nothing: Costs = { ...noCounts(), providerCalls: 0 };

describe("startFirestoreProxy in front of the emulator", () => {
  const gate = new Gate();
  let proxy: FirestoreProxy;
  let db: FirebaseFirestore.Firestore;
  let things: FirebaseFirestore.CollectionReference;

  beforeAll(async () => {
    proxy = await startFirestoreProxy(suite.firestoreHost, gate);
    db = connectFirestore({ host: proxy.host });
  });

  beforeEach(() => {
    things = db.collection(`things-${crypto.randomUUID()}`);
  });

  afterAll(async () => {
    await db.terminate();
    proxy.close();
  });

  it("counts documents read and written, queries and what they found, and transactions", async () => {
    const [one, two] = [things.doc("one"), things.doc("two")];
    expect(await costsOf(() => one.create({ n: 1 }))).toEqual({ ...nothing, writes: 1 });
    const batch = db.batch().set(one, { n: 1 }).set(two, { n: 2 });
    expect(await costsOf(() => batch.commit())).toEqual({ ...nothing, writes: 2 });
    expect(await costsOf(() => db.getAll(one, two))).toEqual({ ...nothing, reads: 2 });
    expect(await costsOf(() => things.get())).toEqual({ ...nothing, queries: 1, found: 2 });
    expect(await costsOf(() => things.where("n", "==", 3).get())).toEqual({ ...nothing, queries: 1 });
    expect(await costsOf(() => things.count().get())).toEqual({ ...nothing, queries: 1 });
    expect(await costsOf(() => increment("one"))).toEqual({ ...nothing, reads: 1, writes: 1, begun: 1 });
    const bulk = async () => {
      const writer = db.bulkWriter();
      await Promise.all([writer.delete(two), writer.close()]);
    };
    expect(await costsOf(bulk)).toEqual({ ...nothing, writes: 1 });
    expect((await direct.doc(one.path).get()).data()).toEqual({ n: 2 });
  });

  it("counts a transaction that is rolled back, of which nobody waits for the end", async () => {
    const { calls } = await gate.record(async () => {
      await expect(increment("one", { give: "up" })).rejects.toThrow("up");
      await expect.poll(() => gate.calls.at(-1)?.name).toBe("Rollback");
    });
    expect(toCosts(calls)).toEqual({ ...nothing, reads: 1, begun: 1, rolledBack: 1 });
  });

  it("says which documents were written, once they are", async () => {
    const { calls } = await gate.record(async () => {
      await things.doc("one").create({});
      await expect(things.doc("one").create({})).rejects.toMatchObject({ code: 6 });
      await things.doc("one").delete();
    });
    const path = things.doc("one").path;
    expect(calls.map(({ written }) => written)).toEqual([[path], [], [path]]);
  });

  it("says which queries were asked, by getting, counting and listening", async () => {
    await things.doc("one").create({ n: 1, of: null, at: 1 });
    const last = await things.doc("one").get();
    const ordered = things.where("n", "in", [1, 2]).where("of", "==", null).orderBy("at", "desc");
    const { calls } = await gate.record(async () => {
      await ordered.startAfter(last).get();
      await db.collectionGroup(things.id).where("n", ">", 1).orderBy("n").limit(1).get();
      await things
        .where(Filter.or(Filter.where("n", "<", 1), Filter.where("of", "!=", 2)))
        .count()
        .get();
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = things.orderBy("n").onSnapshot(() => resolve());
      await promise;
      stop();
    });
    expect(calls.flatMap(({ queries }) => queries)).toEqual([
      `${things.id} where n in and of == by at desc`,
      `every ${things.id} where n > by n asc`,
      `${things.id} where (n < or of NOT_EQUAL)`,
      `${things.id} by n asc`,
    ]);
  });

  it("hands on answers of many messages, a listener's news, and its end", async () => {
    const writer = db.bulkWriter();
    for (let n = 0; n < 300; n += 1) void writer.create(things.doc(), { n, text: "x".repeat(1_000) });
    await writer.close();
    expect((await things.get()).size).toBe(300);
    const sizes: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = things.where("n", "<", 2).onSnapshot(({ size }) => {
      sizes.push(size);
      if (size === 3) resolve();
    });
    await things.doc("late").create({ n: 1 });
    await promise;
    stop();
    expect(sizes.at(-1)).toBe(3);
  });

  it("is unavailable once, before or after the work, which the client repeats by itself", async () => {
    for (const when of ["before", "after"] as const) {
      void gate.inject({ when, kind: "fail", error: "UNAVAILABLE" }, { matches: isCommit });
      const { calls } = await gate.record(async () => {
        await things.doc("one").set({ n: 1 });
      });
      expect(calls).toHaveLength(2);
      expect(calls.map(({ written }) => written.length)).toEqual([when === "after" ? 1 : 0, 1]);
    }
  });

  it("is late by as much as is asked", async () => {
    void gate.inject({ when: "before", kind: "delay", delayMs: 300 });
    const start = performance.now();
    await things.doc("one").set({});
    expect(performance.now() - start).toBeGreaterThan(290);
  });

  it("fails before the work or after it, in a way that no client repeats", async () => {
    for (const when of ["before", "after"] as const) {
      const ref = things.doc(when);
      void gate.inject({ when, kind: "fail", error: "DATA_LOSS" }, { matches: isCommit });
      await expect(ref.create({})).rejects.toMatchObject({ code: 15 });
      expect((await direct.doc(ref.path).get()).exists).toBe(when === "after");
    }
  });

  it("strikes the nth call that matches, and no other", async () => {
    void gate.inject({ when: "before", kind: "fail", error: "DATA_LOSS" }, { nth: 2, matches: isCommit });
    await things.doc("one").set({});
    await things.doc("one").get();
    await expect(things.doc("two").set({})).rejects.toMatchObject({ code: 15 });
    await things.doc("two").set({});
  });

  it.each(["before", "after"] as const)(
    "stops a process %s a call, and lets its successor pass",
    async (when) => {
      const ref = things.doc("one");
      const stopped = gate.inject({ when, kind: "stop" }, { matches: isCommit });
      const process = connectFirestore({ host: proxy.host });
      const work = process.doc(ref.path).create({});
      expect(await stopped).toMatchObject({ name: "Commit", counts: { writes: 1 } });
      const later = process.doc(things.doc("two").path).create({});
      expect(await Promise.race([work, later, pause(200, "nothing")])).toBe("nothing");
      gate.open();
      expect((await ref.get()).exists).toBe(when === "after");
      expect((await things.doc("two").get()).exists).toBe(false);
    },
  );

  it("ends the transactions of a stopped process, which would keep their locks for a minute", async () => {
    await things.doc("one").create({ n: 1 });
    const stopped = gate.inject({ when: "before", kind: "stop" }, { matches: isCommit });
    void increment("one", { by: connectFirestore({ host: proxy.host }) });
    await stopped;
    gate.open();
    await proxy.rollBack();
    await increment("one");
    expect((await things.doc("one").get()).data()).toEqual({ n: 2 });
  }, 10_000);

  it("ends a transaction of whose beginning the client was never told", async () => {
    await things.doc("one").create({ n: 1 });
    void gate.inject({ when: "after", kind: "fail", error: "UNAVAILABLE" }, { matches: isBegin });
    await increment("one");
    expect((await things.doc("one").get()).data()).toEqual({ n: 2 });
  }, 10_000);

  async function increment(id: string, { by = db, give }: { by?: typeof db; give?: string } = {}) {
    await by.runTransaction(async (transaction) => {
      const ref = by.doc(things.doc(id).path);
      const n = Number((await transaction.get(ref)).get("n"));
      if (give !== undefined) throw new Error(give);
      transaction.update(ref, { n: n + 1 });
    });
  }

  async function costsOf(work: () => Promise<unknown>) {
    return toCosts((await gate.record(work)).calls);
  }
});

/** What the emulator cannot show: a server that answers with what it was sent. */
describe("startFirestoreProxy", () => {
  const path = "/google.firestore.v1.Firestore/Commit";
  let server: grpc.Server;
  let proxy: FirestoreProxy;
  let client: grpc.Client;
  let received: Promise<Received>;
  let answer: (call: Received, send: Send) => void;

  beforeAll(async () => {
    server = new grpc.Server();
    server.register(path, handle, toBytes, toBytes, "unary");
    const port = await new Promise<number>((resolve) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_error, bound) =>
        resolve(bound),
      );
    });
    proxy = await startFirestoreProxy(`127.0.0.1:${port}`, new Gate());
    client = new grpc.Client(proxy.host, grpc.credentials.createInsecure());
  });

  beforeEach(() => {
    received = new Promise((resolve) => {
      answer = (call) => resolve(call);
    });
  });

  afterAll(() => {
    client.close();
    proxy.close();
    server.forceShutdown();
  });

  it("hands on metadata, deadline and cancellation", async () => {
    const metadata = new grpc.Metadata();
    metadata.set("google-cloud-resource-prefix", "projects/one");
    const deadline = new Date(Date.now() + 20_000);
    const sent = client.makeUnaryRequest(
      path,
      toBytes,
      toBytes,
      Buffer.of(),
      metadata,
      { deadline },
      () => {},
    );
    const call = await received;
    expect(call.metadata.get("google-cloud-resource-prefix")).toEqual(["projects/one"]);
    expect(Math.abs(Number(call.getDeadline()) - deadline.getTime())).toBeLessThan(2_000);
    expect(call.cancelled).toBe(false);
    sent.cancel();
    await once(call, "cancelled");
  });

  it("hands on an answer with its headers and trailers, and an error with its own", async () => {
    const trailers = new grpc.Metadata();
    trailers.set("said-last", "goodbye");
    answer = (call, send) => {
      call.sendMetadata(call.metadata.clone());
      const isRefused = call.request.length > 0;
      if (isRefused) send({ code: grpc.status.ABORTED, details: "Too much contention", metadata: trailers });
      else send(null, Buffer.of(10, 0), trailers);
    };
    expect(await ask(Buffer.of())).toMatchObject({
      said: "hello",
      bytes: Buffer.of(10, 0),
      last: ["goodbye"],
    });
    const refused = { code: grpc.status.ABORTED, details: "Too much contention", last: ["goodbye"] };
    expect(await ask(Buffer.of(10, 0))).toMatchObject(refused);
  });

  function handle(call: Received, send: Send): void {
    answer(call, send);
  }

  async function ask(request: Buffer): Promise<object> {
    const metadata = new grpc.Metadata();
    metadata.set("said-first", "hello");
    const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
    const call = client.makeUnaryRequest(path, toBytes, toBytes, request, metadata, (_error, bytes) =>
      resolve(bytes),
    );
    const headers: Promise<grpc.Metadata[]> = once(call, "metadata");
    const status: Promise<grpc.StatusObject[]> = once(call, "status");
    const [[first], [last], bytes] = await Promise.all([headers, status, promise]);
    return {
      said: first?.get("said-first")[0],
      bytes,
      code: last?.code,
      details: last?.details,
      last: last?.metadata.get("said-last"),
    };
  }
});

function isCommit({ name }: Call): boolean {
  return name === "Commit";
}

function isBegin({ counts }: Call): boolean {
  return counts.begun > 0;
}

function toBytes(bytes: Buffer): Buffer {
  return bytes;
}
