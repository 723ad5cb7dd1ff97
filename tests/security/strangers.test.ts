import { describe, expect, it } from "vitest";
import {
  control,
  createProduct,
  db,
  runUntyped,
  signUp,
  stripe,
  toId,
  untilGranted,
} from "../kit/suite/harness.ts";
import { createPlan } from "../kit/suite/situations.ts";
import { untilTaken } from "../kit/suite/events.ts";
import { eventually } from "../kit/eventually.ts";

describe("a stranger", () => {
  it("can do nothing with what is somebody else's, at any entry point", async () => {
    const victim = await subscribe();
    const { uid: userId, sessionId, paymentId, subscriptionId, productId } = victim;
    const stranger = await signUp();
    const before = await readVictim(victim);
    const event = (await stripe.events.list({ type: "checkout.session.completed", limit: 1 })).data[0];
    const calls: [name: string, input: unknown, code: string][] = [
      ["verifyPayment", sessionId, "not-found"],
      ["verifyPayment", { sessionId, provider: "stripe" }, "not-found"],
      ["verifyPayment", { sessionId, userId }, "invalid-argument"],
      ["verifyPayment", paymentId, "not-found"],
      ["createPaymentSession", { productId, userId }, "invalid-argument"],
      ["createPaymentSession", { productId, customer: "cus_1" }, "invalid-argument"],
      ["createPortalSession", {}, "failed-precondition"],
      ["createPortalSession", { userId }, "invalid-argument"],
      ["cancelSubscription", {}, "failed-precondition"],
      ["cancelSubscription", { subscriptionId }, "not-found"],
      ["cancelSubscription", { subscriptionId, userId }, "invalid-argument"],
      ["resumeSubscription", {}, "failed-precondition"],
      ["resumeSubscription", { subscriptionId }, "not-found"],
      ["resumeSubscription", { userId }, "invalid-argument"],
      ["refundPayment", { paymentId, requestId: "r1" }, "permission-denied"],
      ["redriveEvent", { eventId: event?.id }, "permission-denied"],
      ["runReconciliation", {}, "permission-denied"],
      ["gatewayAdmin", {}, "permission-denied"],
      ["gatewayAdmin", { action: "readUser", userId, reason: "Mine" }, "permission-denied"],
      ["gatewayAdmin", { action: "thaw", paymentId, reason: "Mine" }, "permission-denied"],
      ["grantCredits", { userId: stranger.uid, amount: 1, key: "k1", reason: "Mine" }, "permission-denied"],
    ];
    for (const [name, input, code] of calls) {
      await expect(runUntyped(stranger.functionProvider, name, input), name).rejects.toMatchObject({ code });
    }
    expect(await readVictim(victim)).toEqual(before);
    expect((await db.collection("subscriptions").doc(stranger.uid).get()).exists).toBe(false);
  });
});

describe("a checkout made at the provider by somebody else's means", () => {
  it.each<[string, (uid: string) => object]>([
    ["that names the user", (uid) => ({ client_reference_id: uid })],
    ["of another project", (uid) => ({ metadata: toMetadata(uid, { gatewayProject: "another" }) })],
    ["of no project", (uid) => ({ metadata: toMetadata(uid, {}) })],
    [
      "of a project with a longer name",
      (uid) => ({ metadata: toMetadata(uid, { gatewayProject: "demo-test-" }) }),
    ],
  ])("%s gives him nothing, whatever it says it is worth", async (_, toFields) => {
    const user = await signUp();
    const product = await stripe.products.retrieve(await createProduct());
    const session = await stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [{ price: toId(product.default_price), quantity: 1 }],
      success_url: "https://example.com/",
      ...toFields(user.uid),
    });
    await control.pay(session.id);
    await untilTaken("checkout.session.completed", session.id);
    await expect(user.functionProvider.run("verifyPayment", session.id)).rejects.toMatchObject({
      code: "not-found",
    });
    const written = await Promise.all([
      db.collection("payment_sessions").doc(session.id).get(),
      db.collection("subscriptions").doc(user.uid).get(),
    ]);
    expect(written.map(({ exists }) => exists)).toEqual([false, false]);
    expect((await db.collection("payments").where("userId", "==", user.uid).get()).size).toBe(0);
  });
});

function toMetadata(userId: string, fields: object): object {
  return {
    userId,
    productId: "prod_1",
    priceId: "price_1",
    quantity: "1",
    currency: "usd",
    creditsAmount: "1000000",
    ...fields,
  };
}

type Victim = Awaited<ReturnType<typeof subscribe>>;

/** Somebody with a recurring subscription that is paid for. */
async function subscribe() {
  const user = await signUp();
  const { productId } = await createPlan();
  const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
  await control.pay(sessionId);
  const { paymentId } = await untilGranted(user, sessionId);
  const { subscription } = await stripe.checkout.sessions.retrieve(sessionId);
  const subscriptionId = toId(subscription);
  await eventually(async () => {
    const found = (await db.collection("subscriptions").doc(user.uid).get()).data();
    expect(found).toMatchObject({ plan: { subscriptionId } });
  });
  return { uid: user.uid, productId, sessionId, paymentId: String(paymentId), subscriptionId };
}

async function readVictim({ uid, sessionId, paymentId, subscriptionId }: Victim): Promise<object> {
  const [session, payment, account, { status, cancel_at_period_end }] = await Promise.all([
    db.collection("payment_sessions").doc(sessionId).get(),
    db.collection("payments").doc(paymentId).get(),
    db.collection("subscriptions").doc(uid).get(),
    stripe.subscriptions.retrieve(subscriptionId),
  ]);
  return {
    session: session.data(),
    payment: payment.data(),
    account: account.data(),
    status,
    cancel_at_period_end,
  };
}
