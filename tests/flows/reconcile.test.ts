import { afterEach, describe, expect, it } from "vitest";
import type { ReconciliationReport } from "../../functions/src/contract/calls.ts";
import { completedEvent, deliver, withUnsureOrder } from "../kit/suite/events.ts";
import {
  control,
  db,
  readAccount,
  signUp,
  stripe,
  suite,
  toId,
  untilGranted,
  type TestUser,
} from "../kit/suite/harness.ts";
import { open, untilAvailable } from "../kit/suite/situations.ts";
import { eventually } from "../kit/eventually.ts";

describe("reconcilePayments", () => {
  it("brings in what no webhook brought: a payment, a refund, an expiry", async () => {
    const [paid, refunded, expired] = [await open(), await open(), await open()];
    for (const { sessionId } of [paid, refunded, expired])
      await control.setWebhookMode("drop", { sessionId });
    await control.pay(paid.sessionId);
    await control.pay(refunded.sessionId);
    const { payment_intent } = await stripe.checkout.sessions.retrieve(refunded.sessionId);
    await stripe.refunds.create({ payment_intent: toId(payment_intent), amount: 250 });
    await control.expire(expired.sessionId);
    const report = await reconcile();
    expect(report.events.repaired).toBeGreaterThanOrEqual(3);
    await untilAvailable(paid.user, 100);
    await untilAvailable(refunded.user, 50);
    expect(await readSession(expired.sessionId)).toMatchObject({ status: "expired" });
    const again = await reconcile();
    expect(again).toMatchObject({ events: { repaired: 0 }, credits: { repaired: 0 }, inbox: { seen: 0 } });
    expect((await readAccount(paid.user.uid)).entries).toHaveLength(1);
  });

  it("asks for sessions that should be over by now", async () => {
    const { user, sessionId } = await open();
    await control.setWebhookMode("drop", { sessionId });
    await control.pay(sessionId);
    // As if the provider's list of events no longer reached back to it.
    const event = await completedEvent(sessionId);
    await db
      .collection("webhook_events")
      .doc(`stripe_${event.id}`)
      .set({ ...processedEntry(event), status: "processed" });
    await db
      .collection("payment_sessions")
      .doc(sessionId)
      .update({ expiresAt: new Date(0) });
    expect((await reconcile()).sessions.repaired).toBe(1);
    await untilAvailable(user, 100);
  });

  it("does the work of failed events when it is due, and of dead ones when an admin asks", async () => {
    const bought = [await open(), await open()] as const;
    for (const { sessionId } of bought) {
      await control.setWebhookMode("drop", { sessionId });
      await control.pay(sessionId);
    }
    const [due, dead] = [await failEvent(bought[0].sessionId), await failEvent(bought[1].sessionId)];
    await inboxRef(due).update({ nextAttemptAt: new Date(Date.now() - 1_000) });
    await inboxRef(dead).update({ status: "dead", nextAttemptAt: null });
    const admin = await signUp({ admin: true });
    const call = admin.functionProvider.run("redriveEvent", { eventId: dead });
    expect(await call).toMatchObject({ outcome: "processed" });
    expect(await admin.functionProvider.run("redriveEvent", { eventId: dead })).toMatchObject({
      outcome: "duplicate",
    });
    expect((await reconcile(admin)).inbox).toEqual({ seen: 1, repaired: 1, failed: 0 });
    for (const { user, sessionId } of bought) await untilGranted(user, sessionId);
    for (const eventId of [due, dead]) {
      expect((await inboxRef(eventId).get()).data()).toMatchObject({ status: "processed", payload: null });
    }
  });

  describe("while no trigger runs", () => {
    afterEach(async () => await setTriggers("enable"));

    it("books the credits that a trigger should have booked", async () => {
      const { user, sessionId } = await open();
      await setTriggers("disable");
      await control.pay(sessionId);
      await eventually(async () => {
        const verified = await user.functionProvider.run("verifyPayment", sessionId);
        expect(verified).toMatchObject({ success: true, credits: "pending" });
      });
      expect((await reconcile()).credits.repaired).toBe(1);
      expect(await user.functionProvider.run("verifyPayment", sessionId)).toMatchObject({
        credits: "granted",
      });
    });
  });

  it("and its parts are for admins alone", async () => {
    const { functionProvider } = await signUp();
    const refusal = { code: "permission-denied" };
    await expect(functionProvider.run("runReconciliation", {})).rejects.toMatchObject(refusal);
    await expect(functionProvider.run("redriveEvent", { eventId: "evt_1" })).rejects.toMatchObject(refusal);
    const admin = await signUp({ admin: true });
    await expect(admin.functionProvider.run("redriveEvent", { eventId: "evt_1" })).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

async function reconcile(admin?: TestUser): Promise<ReconciliationReport> {
  const { functionProvider } = admin ?? (await signUp({ admin: true }));
  return await functionProvider.run("runReconciliation", {});
}

/** Delivers a session's event, which stays in the inbox since the document cannot be read. Returns the event's id. */
async function failEvent(sessionId: string): Promise<string> {
  const ref = db.collection("payment_sessions").doc(sessionId);
  const { status } = await readSession(sessionId);
  const event = withUnsureOrder(await completedEvent(sessionId));
  await ref.update({ status: "nonsense" });
  expect(await deliver(event)).toMatchObject({ status: 500 });
  await ref.update({ status });
  return event.id;
}

function inboxRef(eventId: string) {
  return db.collection("webhook_events").doc(`stripe_${eventId}`);
}

async function readSession(sessionId: string): Promise<FirebaseFirestore.DocumentData> {
  return (await db.collection("payment_sessions").doc(sessionId).get()).data() ?? {};
}

function processedEntry({ id, type }: { id: string; type: string }) {
  const now = new Date();
  const done = {
    nextAttemptAt: null,
    error: null,
    payload: null,
    expireAt: now,
    createdAt: now,
    updatedAt: now,
  };
  return { provider: "stripe", eventId: id, type, attempts: 1, ...done };
}

async function setTriggers(action: "enable" | "disable"): Promise<void> {
  const response = await fetch(`${suite.hubUrl}/functions/${action}BackgroundTriggers`, { method: "PUT" });
  expect(response.status).toBe(200);
}
