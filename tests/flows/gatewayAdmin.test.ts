import { describe, expect, it } from "vitest";
import type { ReadUserResult } from "../../functions/src/contract/admin.ts";
import { completedEvent, deliver, withUnsureOrder } from "../kit/suite/events.ts";
import {
  control,
  db,
  runUntyped,
  signedOut,
  signUp,
  stripe,
  toId,
  untilGranted,
  type TestUser,
} from "../kit/suite/harness.ts";
import { open, untilAvailable } from "../kit/suite/situations.ts";
import { eventually } from "../kit/eventually.ts";

const reason = "A test";

async function readUser(
  { functionProvider }: TestUser,
  wanted: { userId: string; limit?: number; cursor?: NonNullable<ReadUserResult["next"]> },
): Promise<ReadUserResult> {
  return await functionProvider.run("gatewayAdmin", { action: "readUser", reason, ...wanted });
}

/** A purchase, booked. */
async function buy() {
  const { user, sessionId } = await open();
  await control.pay(sessionId);
  await untilGranted(user, sessionId);
  const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(sessionId);
  return { user, sessionId, intent: toId(intent), paymentId: `stripe_${toId(intent)}` };
}

describe("gatewayAdmin", () => {
  it("reconciles as runReconciliation does", async () => {
    const { user, sessionId } = await open();
    await control.setWebhookMode("drop", { sessionId });
    await control.pay(sessionId);
    const { functionProvider } = await signUp({ admin: true });
    const report = await functionProvider.run("gatewayAdmin", { action: "reconcile", reason });
    expect(report.events.repaired).toBeGreaterThanOrEqual(1);
    await untilAvailable(user, 100);
    const again = await functionProvider.run("runReconciliation", {});
    expect(Object.keys(again)).toEqual(Object.keys(report));
  });

  it("drives a dead event again, once", async () => {
    const { user, sessionId } = await open();
    await control.setWebhookMode("drop", { sessionId });
    await control.pay(sessionId);
    const eventId = await failEvent(sessionId);
    await db.doc(`webhook_events/stripe_${eventId}`).update({ status: "dead", nextAttemptAt: null });
    const { functionProvider } = await signUp({ admin: true });
    const input = { action: "redrive", eventId, reason } as const;
    expect(await functionProvider.run("gatewayAdmin", input)).toMatchObject({ outcome: "processed" });
    expect(await functionProvider.run("gatewayAdmin", input)).toMatchObject({ outcome: "duplicate" });
    await untilGranted(user, sessionId);
  });

  it("thaws what a fraud warning froze, and keeps who did it and why where the user cannot read it", async () => {
    const { user, intent, paymentId } = await buy();
    await control.warnOfFraud(intent);
    await untilAvailable(user, 0);
    const admin = await signUp({ admin: true });
    const input = { action: "thaw", paymentId, reason } as const;
    const { thawed } = await admin.functionProvider.run("gatewayAdmin", input);
    expect(thawed).toHaveLength(1);
    await untilAvailable(user, 100);
    expect(await admin.functionProvider.run("gatewayAdmin", input)).toMatchObject({ thawed: [] });
    const { payments } = await readUser(admin, { userId: user.uid });
    expect(payments[0]?.private).toMatchObject({
      facts: { thaws: { [thawed[0] ?? ""]: { actor: admin.uid, reason } } },
    });
  });

  it("audits one user, or everything page by page", async () => {
    const { user, paymentId } = await buy();
    const { functionProvider } = await signUp({ admin: true });
    const ofUser = { action: "audit", userId: user.uid, reason } as const;
    expect(await functionProvider.run("gatewayAdmin", ofUser)).toEqual({ findings: [], next: null });
    await db.doc(`payments/${paymentId}`).update({ creditsAmount: 150 });
    const { findings } = await functionProvider.run("gatewayAdmin", ofUser);
    // The books of this test are compared with the law, too.
    await db.doc(`payments/${paymentId}`).update({ creditsAmount: 100 });
    await untilAvailable(user, 100);
    expect(findings[0]).toMatchObject({ kind: "payment_above_worth", id: paymentId, expected: 100 });
    const page = { action: "audit", limit: 1, reason } as const;
    const first = await functionProvider.run("gatewayAdmin", page);
    expect(first.next).toMatch(/^users:/);
    const second = await functionProvider.run("gatewayAdmin", { ...page, cursor: first.next ?? "" });
    expect(second.next).not.toBe(first.next);
    await expect(functionProvider.run("gatewayAdmin", { ...ofUser, cursor: "users:" })).rejects.toMatchObject(
      { code: "invalid-argument" },
    );
  });

  it("reads a user with everything that concerns them, readable or not", async () => {
    const { user, sessionId, paymentId } = await buy();
    const { sessionId: second } = await open({ user });
    await control.setWebhookMode("drop", { sessionId: second });
    await control.pay(second);
    const eventId = await failEvent(second);
    await db.doc(`payments/${paymentId}`).update({ status: "nonsense" });
    const before = await db.doc(`subscriptions/${user.uid}`).get();
    const admin = await signUp({ admin: true });
    const found = await eventually(async () => {
      const read = await readUser(admin, { userId: user.uid });
      expect(read.waiting).toHaveLength(1);
      return read;
    });
    await db.doc(`payments/${paymentId}`).update({ status: "succeeded" });
    expect(found).toMatchObject({
      userId: user.uid,
      account: { id: user.uid, data: { availableCredits: 100, createdAt: expect.stringMatching(/Z$/) } },
      buyer: { id: user.uid, data: { providers: { stripe: { email: user.email } } } },
      payments: [{ id: paymentId, data: { userId: user.uid, status: "nonsense" } }],
      sessions: [{ id: second }, { id: sessionId }],
      plans: [],
      grants: [{ id: paymentId, data: { amount: 100 } }],
      entries: [{ data: { delta: 100 } }],
      holds: [],
      waiting: [{ id: paymentId, data: { reason: expect.stringContaining("at status"), attempts: 1 } }],
      events: [{ id: `stripe_${eventId}`, data: { status: "failed" } }],
      next: null,
    });
    expect(JSON.stringify(found.events)).not.toContain("payload");
    expect((await db.doc(`subscriptions/${user.uid}`).get()).updateTime).toEqual(before.updateTime);
    await admin.functionProvider.run("gatewayAdmin", { action: "redrive", eventId, reason });
    await untilGranted(user, second);
  });

  it("reads what there is much of in pages, each document once", async () => {
    const user = await signUp();
    const admin = await signUp({ admin: true });
    const keys = ["gift_1", "gift_2", "gift_3"];
    for (const key of keys) {
      const grant = { userId: user.uid, amount: 1, key, reason };
      await admin.functionProvider.run("grantCredits", grant);
    }
    const seen: string[] = [];
    let cursor: ReadUserResult["next"] = null;
    do {
      const page = await readUser(admin, { userId: user.uid, limit: 1, ...(cursor && { cursor }) });
      seen.push(
        ...[...page.grants, ...page.entries].map(({ data }) => String(data["seq"] ?? data["grantId"])),
      );
      cursor = page.next;
    } while (cursor);
    expect(seen.toSorted()).toEqual(["1", "2", "3", ...keys.map((key) => `admin_${key}`)]);
    const unknown = { userId: user.uid, cursor: { grants: "none" } };
    await expect(readUser(admin, unknown)).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it("knows nothing of somebody who never came", async () => {
    const found = await readUser(await signUp({ admin: true }), { userId: crypto.randomUUID() });
    expect(found).toMatchObject({ account: null, buyer: null, payments: [], events: [], next: null });
  });

  it.each([
    [{ action: "reconcile" }],
    [{ action: "reconcile", reason: "" }],
    [{ action: "reconcile", reason: " \n" }],
    [{ action: "reconcile", reason: "a".repeat(501) }],
    [{ action: "reconcile", reason, actor: "somebody else" }],
    [{ action: "grant", reason }],
    [{ action: "constructor", reason }],
    [{ reason }],
    [null],
  ])("refuses %j from an admin, and from others without looking at it", async (input) => {
    const [admin, user] = [await signUp({ admin: true }), await signUp()];
    const call = async (by: TestUser) => await runUntyped(by.functionProvider, "gatewayAdmin", input);
    await expect(call(admin)).rejects.toMatchObject({ code: "invalid-argument" });
    await expect(call(user)).rejects.toMatchObject({
      code: "permission-denied",
      message: "Requires the custom claim admin: true",
    });
  });

  it("is for admins alone, whatever is asked", async () => {
    const { user, paymentId } = await buy();
    const stranger = await signUp();
    for (const input of [
      { action: "reconcile", reason },
      { action: "redrive", reason, eventId: "evt_1" },
      { action: "thaw", reason, paymentId },
      { action: "audit", reason },
      { action: "migrate", reason },
      { action: "readUser", reason, userId: user.uid },
      { action: "readUser", reason, userId: stranger.uid },
    ] as const) {
      const refusal = { code: "permission-denied" };
      await expect(stranger.functionProvider.run("gatewayAdmin", input)).rejects.toMatchObject(refusal);
      await expect(signedOut().run("gatewayAdmin", input)).rejects.toMatchObject({ code: "unauthenticated" });
    }
  });
});

/** Delivers a session's event, which stays in the inbox since a document cannot be read. Returns the event's id. */
async function failEvent(sessionId: string): Promise<string> {
  const ref = db.doc(`payment_sessions/${sessionId}`);
  const event = await eventually(async () => withUnsureOrder(await completedEvent(sessionId)));
  const status: unknown = (await ref.get()).get("status");
  await ref.update({ status: "nonsense" });
  expect(await deliver(event)).toMatchObject({ status: 500 });
  await ref.update({ status });
  return event.id;
}
