import { describe, expect, it } from "vitest";
import { deliver, completedEvent, postWebhook, toPaymentId, withUnsureOrder } from "../kit/suite/events.ts";
import { control, db, pauseWebhooks, readAccount, suite, untilGranted } from "../kit/suite/harness.ts";
import { signWebhook } from "../kit/hosting/signature.ts";
import { eventually } from "../kit/eventually.ts";
import { open } from "../kit/suite/situations.ts";

describe("the webhook", () => {
  it("leaves one payment, one grant and one entry of an event posted 20 times at once", async () => {
    const { user, sessionId, event } = await buyUndelivered();
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(event)));
    const outcomes = answers.map(({ outcome }) => String(outcome)).toSorted((a, b) => a.localeCompare(b));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(outcomes).toEqual([...Array.from({ length: 19 }, () => "duplicate"), "processed"]);
    await untilGranted(user, sessionId);
    const payments = await db.collection("payments").where("userId", "==", user.uid).get();
    const account = await readAccount(user.uid);
    expect([payments.size, Object.keys(account.grants).length, account.entries.length]).toEqual([1, 1, 1]);
    expect(account.subscription).toMatchObject({ availableCredits: 100 });
    const inbox = (await db.collection("webhook_events").doc(`stripe_${event.id}`).get()).data();
    expect(inbox).toMatchObject({ status: "processed", attempts: 1, payload: null });
  });

  it("completes a session and leaves the rest of it as it was", async () => {
    const { sessionId, event } = await buyUndelivered();
    const session = db.collection("payment_sessions").doc(sessionId);
    const opened = (await session.get()).data();
    expect(opened).toMatchObject({ status: "created", paymentId: null });
    expect(await deliver(event)).toEqual({ status: 200, outcome: "processed" });
    expect((await session.get()).data()).toEqual({
      ...opened,
      status: "completed",
      paymentId: toPaymentId(event),
      updatedAt: expect.anything(),
    });
  });

  it("keeps a payment completed when the events arrive in reverse", async () => {
    const { user, sessionId, event } = await buyUndelivered();
    expect(await deliver(event)).toEqual({ status: 200, outcome: "processed" });
    const expired = { ...event, id: `${event.id}x`, type: "checkout.session.expired" };
    const session = {
      ...event.data.object,
      status: "expired",
      payment_status: "unpaid",
      payment_intent: null,
    };
    expect(await deliver({ ...expired, data: { object: session } })).toEqual({
      status: 200,
      outcome: "processed",
    });
    expect(await untilGranted(user, sessionId)).toMatchObject({ status: "succeeded" });
    const found = (await db.collection("payment_sessions").doc(sessionId).get()).data();
    expect(found).toMatchObject({ status: "completed" });
  });

  it("rebuilds a session that a crash kept from being written", async () => {
    const { user, sessionId, event } = await buyUndelivered();
    await db.collection("payment_sessions").doc(sessionId).delete();
    await deliver(event);
    await untilGranted(user, sessionId);
    const found = (await db.collection("payment_sessions").doc(sessionId).get()).data();
    expect(found).toMatchObject({ userId: user.uid, status: "completed", amount: 500, creditsAmount: 100 });
  });

  it("grants what the buyer was shown, whatever the metadata says later", async () => {
    const { user, sessionId, event } = await buyUndelivered();
    const { object } = event.data;
    const metadata = { ...object.metadata, creditsAmount: "1000000" };
    await deliver({ ...event, data: { object: { ...object, metadata } } });
    await untilGranted(user, sessionId);
    expect((await readAccount(user.uid)).subscription).toMatchObject({ availableCredits: 100 });
  });

  it("refetches what an endpoint of another API release sends", async () => {
    const { user, sessionId, event } = await buyUndelivered();
    const object = { id: sessionId, object: "checkout.session", metadata: event.data.object.metadata };
    expect(await deliver({ ...event, api_version: "2020-08-27", data: { object } })).toMatchObject({
      status: 200,
    });
    await untilGranted(user, sessionId);
  });

  it.each([
    ["of another project", { metadata: { gatewayProject: "other", userId: "u1", creditsAmount: "5" } }],
    ["without our metadata", { metadata: {} }],
    ["with no metadata at all", { metadata: null }],
  ])("ignores a session %s", async (_, overrides) => {
    const { event } = await buyUndelivered();
    const object = { ...event.data.object, ...overrides, id: `cs_test_foreign${event.id}` };
    expect(await deliver({ ...event, data: { object } })).toEqual({ status: 200, outcome: "ignored" });
    expect((await db.collection("payment_sessions").doc(object.id).get()).exists).toBe(false);
  });

  it("ignores an event of the other mode and of an unknown type", async () => {
    const { event } = await buyUndelivered();
    expect(await deliver({ ...event, livemode: true })).toEqual({ status: 200, outcome: "ignored" });
    expect(await deliver({ ...event, type: "account.updated" })).toEqual({ status: 200, outcome: "ignored" });
    expect((await db.collection("webhook_events").doc(`stripe_${event.id}`).get()).exists).toBe(false);
  });
});

describe("the webhook's refusals", () => {
  const body = JSON.stringify({ id: "evt_1", object: "event", type: "checkout.session.completed" });

  it.each([
    [
      "a forged signature",
      { headers: { "stripe-signature": signWebhook(body, { secret: "whsec_forged" }) } },
    ],
    ["a stale signature", { headers: { "stripe-signature": signWebhook(body, { ageSeconds: 301 }) } }],
    ["no signature", { headers: {} }],
    ["a tampered body", { headers: { "stripe-signature": signWebhook(body) }, body: `${body} ` }],
    [
      "a body that is not JSON",
      { headers: { "stripe-signature": signWebhook("{"), "content-type": "text/plain" }, body: "{" },
    ],
    ["no body", { headers: { "stripe-signature": signWebhook("") }, body: "" }],
  ])("answers 400 to %s", async (_, request) => {
    expect((await postWebhook({ body, ...request })).status).toBe(400);
  });

  it("answers 405 to another method, and says which it takes", async () => {
    const response = await fetch(suite.webhookUrl);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it.each(["webhook/paypal", "webhook/constructor", "webhook", "webhook/stripe/more", ""])(
    "answers 404 to %j",
    async (path) => {
      const url = suite.webhookUrl.replace("webhook/stripe", path);
      expect(
        (await postWebhook({ body, url, headers: { "stripe-signature": signWebhook(body) } })).status,
      ).toBe(404);
    },
  );

  it("answers 413 to an oversized body", async () => {
    const large = JSON.stringify({ id: "evt_1", filler: "x".repeat(1024 * 1024) });
    const response = await postWebhook({ body: large, headers: { "stripe-signature": signWebhook(large) } });
    expect(response.status).toBe(413);
  });

  it("answers behind the hosting rewrite, too", async () => {
    const url = `${suite.hostingUrl}/gateway/webhook/stripe`;
    expect((await postWebhook({ body, url, headers: {} })).status).toBe(400);
    const { user, sessionId, event } = await buyUndelivered();
    expect(await deliver(event, { url })).toEqual({ status: 200, outcome: "processed" });
    await untilGranted(user, sessionId);
  });
});

describe("the webhook after a failure", () => {
  it("answers 500 while the database refuses the work, keeps the event, and completes it on the next delivery", async () => {
    const { user, sessionId, ...bought } = await buyUndelivered();
    const event = withUnsureOrder(bought.event);
    const ref = db.collection("payment_sessions").doc(sessionId);
    const session = (await ref.get()).data();
    await ref.update({ status: "nonsense" });
    expect(await deliver(event)).toEqual({ status: 500, outcome: undefined });
    const inbox = db.collection("webhook_events").doc(`stripe_${event.id}`);
    expect((await inbox.get()).data()).toMatchObject({
      status: "failed",
      attempts: 1,
      payload: expect.stringContaining(`"id":"${event.id}"`),
    });
    expect((await readAccount(user.uid)).subscription).toBeUndefined();
    await ref.set(session ?? {});
    expect(await deliver(event)).toEqual({ status: 200, outcome: "processed" });
    await untilGranted(user, sessionId);
    expect((await inbox.get()).data()).toMatchObject({
      status: "processed",
      attempts: 2,
      payload: null,
      error: null,
    });
  });
});

/** A paid session whose webhooks are held back for good; its completed event is for the test to deliver. */
async function buyUndelivered() {
  const { user, sessionId } = await open();
  await pauseWebhooks(sessionId);
  await control.pay(sessionId);
  return { user, sessionId, event: await eventually(() => completedEvent(sessionId)) };
}
