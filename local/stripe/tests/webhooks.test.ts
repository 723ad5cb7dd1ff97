import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { untilTrue, startKit, type Kit } from "../testing/kit.ts";
import { Receiver } from "../testing/receiver.ts";
import { createSession } from "../testing/shop.ts";

const retryPolicy = { firstDelayMs: 20, maxDelayMs: 40, maxAttempts: 4 };

let kit: Kit;
let second: Receiver;
beforeAll(async () => {
  kit = await startKit({ retry: retryPolicy });
  second = new Receiver();
  await second.start();
});
beforeEach(async () => {
  await kit.reset();
  second.clear();
});
afterAll(async () => {
  await kit.close();
  await second.close();
});

interface ControlEvent {
  id: string;
  type: string;
  pending_webhooks: number;
  sessionId: string | null;
  deliveries: readonly {
    state: string;
    attempts: number;
    statuses: unknown;
  }[];
}

async function controlEvents(query = ""): Promise<readonly ControlEvent[]> {
  const { json } = await kit.control(`events${query}`);
  const { events }: { events: readonly ControlEvent[] } = JSON.parse(JSON.stringify(json));
  return events;
}

async function payNew(): Promise<Stripe.Checkout.Session> {
  const session = await createSession(kit.stripe);
  await untilTrue(() => kit.receiver.types().includes("price.created"));
  kit.receiver.clear();
  await kit.control(`checkout/${session.id}/pay`, {});
  return session;
}

const paymentEvents = [
  "payment_intent.created",
  "charge.succeeded",
  "payment_intent.succeeded",
  "checkout.session.completed",
];

describe("a delivery", () => {
  it("carries the whole event, signed and written as Stripe does", async () => {
    const product = await kit.stripe.products.create({ name: "A" }, { idempotencyKey: "key-1" });
    await untilTrue(() => kit.receiver.received.length === 1);
    const [received] = kit.receiver.received;
    expect(received?.event).toMatchObject({
      id: expect.stringMatching(/^evt_\w{24}$/),
      object: "event",
      api_version: Stripe.API_VERSION,
      type: "product.created",
      livemode: false,
      pending_webhooks: 1,
      request: { id: product.lastResponse.requestId, idempotency_key: "key-1" },
      data: { object: { id: product.id, name: "A" } },
    });
    expect(received?.headers).toMatchObject({
      "stripe-signature": expect.stringMatching(/^t=\d+,v1=[0-9a-f]{64}$/),
      "content-type": "application/json; charset=utf-8",
      "user-agent": expect.stringContaining("Stripe/1.0"),
    });
    expect(received?.body.split("\n")[1]).toMatch(/^ {2}"id": "evt_/);
  });

  it("does not verify with another secret or after a change", async () => {
    await kit.stripe.products.create({ name: "A" });
    await untilTrue(() => kit.receiver.received.length === 1);
    const { body = "", headers } = kit.receiver.received[0] ?? {};
    const signature = String(headers?.["stripe-signature"]);
    expect(() => kit.stripe.webhooks.constructEvent(body, signature, "whsec_other")).toThrow(
      "No signatures found",
    );
    const forged = body.replace('"A"', '"B"');
    expect(() => kit.stripe.webhooks.constructEvent(forged, signature, kit.receiver.secret)).toThrow(
      "No signatures found",
    );
  });

  it("counts pending_webhooks down", async () => {
    const { id } = await kit.stripe.products.create({ name: "A" });
    await untilTrue(async () => (await kit.stripe.events.list()).data[0]?.pending_webhooks === 0);
    expect((await kit.stripe.events.list({ delivery_success: true })).data[0]?.data.object).toMatchObject({
      id,
    });
  });

  it("is repeated until a 2xx, each time with a signature of its own", async () => {
    kit.receiver.answers.push(500, 404, 302);
    await kit.stripe.products.create({ name: "A" });
    await untilTrue(() => kit.receiver.received.length === 4);
    await untilTrue(async () => (await controlEvents())[0]?.deliveries[0]?.state === "delivered");
    const [event] = await controlEvents();
    expect(event?.deliveries).toMatchObject([{ attempts: 4, statuses: [500, 404, 302, 200] }]);
    expect(new Set(kit.receiver.received.map(({ event: { id } }) => id)).size).toBe(1);
    expect(kit.logged).toStrictEqual([expect.stringContaining(`Cannot deliver event "${event?.id}"`)]);
  });

  it("is given up after the last attempt and stays pending", async () => {
    kit.receiver.answers.push(...Array.from({ length: 9 }, () => 503));
    await kit.stripe.products.create({ name: "A" });
    await untilTrue(async () => (await controlEvents())[0]?.deliveries[0]?.state === "failed");
    expect(await controlEvents()).toMatchObject([
      { pending_webhooks: 1, deliveries: [{ attempts: retryPolicy.maxAttempts }] },
    ]);
    await sleep(60);
    expect(kit.receiver.received).toHaveLength(retryPolicy.maxAttempts);
    expect((await kit.stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
  });

  it("is made at most four at a time", async () => {
    kit.receiver.delayMs = 20;
    await Promise.all(Array.from({ length: 20 }, (_, n) => kit.stripe.products.create({ name: `P${n}` })));
    await untilTrue(() => kit.receiver.received.length === 20);
    expect(kit.receiver.maxConcurrent).toBe(4);
  });

  it("goes to every endpoint with that endpoint's secret", async () => {
    const both = await startKit({
      webhookEndpoints: [
        { url: kit.receiver.url, secret: kit.receiver.secret },
        { url: second.url, secret: second.secret },
      ],
    });
    try {
      second.answers.push(500);
      await both.stripe.products.create({ name: "A" });
      await untilTrue(async () => (await both.stripe.events.list()).data[0]?.pending_webhooks === 0);
      expect(kit.receiver.types()).toStrictEqual(["product.created"]);
      expect(second.types()).toStrictEqual(["product.created", "product.created"]);
    } finally {
      await both.close();
    }
  });

  it("goes to the endpoints alone that are registered for its type", async () => {
    const both = await startKit({
      webhookEndpoints: [
        { url: kit.receiver.url, secret: kit.receiver.secret },
        { url: second.url, secret: second.secret, enabledEvents: ["product.updated"] },
      ],
    });
    try {
      const { id } = await both.stripe.products.create({ name: "A" });
      expect((await both.stripe.events.list()).data[0]).toMatchObject({ pending_webhooks: 1 });
      await both.stripe.products.update(id, { name: "B" });
      expect((await both.stripe.events.list()).data[0]).toMatchObject({ pending_webhooks: 2 });
      await untilTrue(async () => {
        const { data } = await both.stripe.events.list();
        return data.every(({ pending_webhooks }) => pending_webhooks === 0);
      });
      expect(kit.receiver.types().toSorted()).toStrictEqual(["product.created", "product.updated"]);
      expect(second.types()).toStrictEqual(["product.updated"]);
    } finally {
      await both.close();
    }
  });

  it("survives an endpoint that is not there yet", async () => {
    const probe = http.createServer();
    await new Promise<void>((resolve) => {
      probe.listen(0, "127.0.0.1", resolve);
    });
    const address = probe.address();
    const port = typeof address === "object" ? address?.port : 0;
    await new Promise((resolve) => {
      probe.close(resolve);
    });
    const lonely = await startKit({
      retry: retryPolicy,
      webhookEndpoints: [{ url: `http://127.0.0.1:${port}/`, secret: "whsec_x" }],
    });
    await lonely.stripe.products.create({ name: "A" });
    await untilTrue(() => lonely.logged.length === 1);
    expect(lonely.logged[0]).toContain("ECONNREFUSED");
    await lonely.close();
  });
});

describe("webhook modes", () => {
  it("pause holds, and leaving it delivers in order", async () => {
    await kit.control("webhooks", { mode: "pause" });
    const session = await createSession(kit.stripe);
    await kit.control(`checkout/${session.id}/pay`, {});
    await sleep(50);
    expect(kit.receiver.received).toHaveLength(0);
    expect((await controlEvents())[0]?.deliveries).toMatchObject([{ state: "held", attempts: 0 }]);
    await kit.control("webhooks", { mode: "normal" });
    await untilTrue(() => kit.receiver.received.length === 6);
    expect(kit.receiver.types().toSorted()).toStrictEqual(
      ["price.created", "product.created", ...paymentEvents].toSorted(),
    );
  });

  it("pause for one session leaves the others alone", async () => {
    const held = await createSession(kit.stripe);
    await kit.control("webhooks", { mode: "pause", sessionId: held.id });
    await kit.control(`checkout/${held.id}/pay`, {});
    const other = await createSession(kit.stripe);
    await kit.control(`checkout/${other.id}/pay`, {});
    const completed = () =>
      kit.receiver.types().filter((type) => type === "checkout.session.completed").length;
    await untilTrue(() => completed() === 1);
    const states = (await controlEvents(`?sessionId=${held.id}`)).map(({ type, deliveries }) => [
      type,
      deliveries[0]?.state,
    ]);
    expect(states).toStrictEqual(
      paymentEvents
        .slice(1)
        .map((type) => [type, "held"])
        .toSpliced(0, 0, ["payment_intent.created", "held"]),
    );
    await kit.control("webhooks", { mode: "normal", sessionId: held.id });
    await untilTrue(() => completed() === 2);
  });

  it("duplicate delivers every event twice", async () => {
    await kit.control("webhooks", { mode: "duplicate" });
    await payNew();
    await untilTrue(
      () => kit.receiver.received.filter(({ event }) => paymentEvents.includes(event.type)).length === 8,
    );
    expect(await controlEvents("?type=checkout.session.completed")).toMatchObject([
      { pending_webhooks: 0, deliveries: [{ attempts: 1 }, { attempts: 1 }] },
    ]);
  });

  it("reverse delivers the newest first", async () => {
    const session = await createSession(kit.stripe);
    await untilTrue(() => kit.receiver.received.length === 2);
    kit.receiver.clear();
    await kit.control("webhooks", { mode: "reverse", sessionId: session.id });
    await kit.control(`checkout/${session.id}/pay`, {});
    await untilTrue(() => kit.receiver.received.length === 4);
    expect(kit.receiver.types()).toStrictEqual(paymentEvents.toReversed());
  });

  it("reverse after pause turns round what was held", async () => {
    const session = await createSession(kit.stripe);
    await kit.control("webhooks", { mode: "pause", sessionId: session.id });
    await kit.control(`checkout/${session.id}/pay`, {});
    await untilTrue(() => kit.receiver.received.length === 2);
    await kit.control("webhooks", { mode: "reverse", sessionId: session.id });
    await untilTrue(() => kit.receiver.received.length === 6);
    expect(kit.receiver.types().slice(2)).toStrictEqual(paymentEvents.toReversed());
  });

  it("drop loses events, which the API still lists", async () => {
    await kit.control("webhooks", { mode: "drop" });
    const session = await createSession(kit.stripe);
    await kit.control(`checkout/${session.id}/pay`, {});
    await kit.control("webhooks", { mode: "normal" });
    await sleep(50);
    expect(kit.receiver.received).toHaveLength(0);
    const { data } = await kit.stripe.events.list({ type: "checkout.session.completed" });
    expect(data).toHaveLength(1);
  });

  it("are shown, and refuse what they do not know", async () => {
    const session = await createSession(kit.stripe);
    await kit.control("webhooks", { mode: "pause", sessionId: session.id });
    expect((await kit.control("webhooks")).json).toStrictEqual({
      modes: { "*": "normal", [session.id]: "pause" },
    });
    expect(await kit.control("webhooks", { mode: "sometimes" })).toMatchObject({ status: 400 });
    expect(await kit.control("webhooks", { mode: "pause", session: "x" })).toMatchObject({ status: 400 });
    expect(await kit.control("webhooks", { mode: "pause", sessionId: "cs_test_no" })).toMatchObject({
      status: 404,
    });
    expect(await kit.control("webhooks", {})).toMatchObject({ status: 400 });
  });
});

describe("events", () => {
  it("are retrieved and listed by type, types and prefix", async () => {
    await payNew();
    const types = async (params: Stripe.EventListParams) =>
      (await kit.stripe.events.list(params)).data.map(({ type }) => type);
    expect(await types({ type: "charge.succeeded" })).toStrictEqual(["charge.succeeded"]);
    expect(await types({ types: ["charge.succeeded", "checkout.session.completed"] })).toStrictEqual([
      "checkout.session.completed",
      "charge.succeeded",
    ]);
    expect(await types({ type: "payment_intent.*" })).toStrictEqual([
      "payment_intent.succeeded",
      "payment_intent.created",
    ]);
    const [event] = (await kit.stripe.events.list({ limit: 1 })).data;
    expect((await kit.stripe.events.retrieve(event?.id ?? "")).type).toBe("checkout.session.completed");
  });

  it("are paged and filtered by time, as a reconciliation does", async () => {
    await payNew();
    await kit.control("clock", { advanceSeconds: 1000 });
    const { now } = JSON.parse(JSON.stringify((await kit.control("clock")).json));
    await kit.stripe.products.create({ name: "Later" });
    const { data } = await kit.stripe.events.list({ created: { gte: now } });
    expect(data.map(({ type }) => type)).toStrictEqual(["product.created"]);
    const all = await kit.stripe.events.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
    expect(all).toHaveLength(7);
  });
});
