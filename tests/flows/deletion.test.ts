import { describe, expect, it } from "vitest";
import { PaymentAdapterFactory } from "../../functions/src/adapters/factory.ts";
import { forgetUser } from "../../functions/src/deletion/forgetUser.ts";
import {
  control,
  createProduct,
  db,
  readAccount,
  signUp,
  stripe,
  suite,
  toId,
  untilGranted,
  type TestUser,
} from "../kit/suite/harness.ts";
import { createPlan } from "../kit/suite/situations.ts";
import { eventually } from "../kit/eventually.ts";

describe("a deleted Firebase user", () => {
  it("can pay nothing more and is charged for nothing more", async () => {
    const { user, customerId } = await signUpBuyer();
    const { sessionId: openId } = await user.functionProvider.run("createPaymentSession", {
      productId: await createProduct(),
    });
    const plan = await createPlan({ creditsAmount: "50", unitAmount: 900 });
    const planSessionId = await buy(user, plan.productId);
    const { subscription } = await stripe.checkout.sessions.retrieve(planSessionId);
    await user.deleteAccount();
    await untilForgotten(user);
    expect(await stripe.checkout.sessions.retrieve(openId)).toMatchObject({ status: "expired" });
    await expect(control.pay(openId)).rejects.toMatchObject({ status: 409 });
    expect(await stripe.subscriptions.retrieve(toId(subscription))).toMatchObject({ status: "canceled" });
    expect(await stripe.customers.retrieve(customerId)).toMatchObject({ deleted: true });
    await eventually(async () => {
      const { subscription: account } = await readAccount(user.uid);
      expect(account).toMatchObject({ plan: { status: "canceled" }, availableCredits: 0 });
      const session = await db.collection("payment_sessions").doc(openId).get();
      expect(session.get("status")).toBe("expired");
    });
  });

  it("leaves payments and ledger, and nothing that says who he was", async () => {
    const { user, sessionId } = await signUpBuyer();
    const before = await readAccount(user.uid);
    await user.deleteAccount();
    await untilForgotten(user);
    const { subscription, entries } = await readAccount(user.uid);
    expect(entries).toEqual(expect.arrayContaining(before.entries));
    expect(subscription).toMatchObject({ totalCredits: 100, availableCredits: 0, creditsUsed: 0, debt: 0 });
    const payments = await db.collection("payments").where("sessionId", "==", sessionId).get();
    expect(payments.docs.map((payment) => payment.get("status"))).toEqual(["succeeded"]);
    const found = await Promise.all(
      (await db.listCollections()).map(async (collection) => (await collection.get()).docs),
    );
    const documents = found.flat().filter((document) => JSON.stringify(document.data()).includes(user.email));
    expect(documents.map((document) => document.ref.path)).toEqual([]);
    expect((await stripe.customers.list({ email: user.email })).data).toEqual([]);
  });

  it("buys nothing with a token that lives on", async () => {
    const { user, sessionId } = await signUpBuyer();
    const token = await user.readToken();
    const data = { productId: await createProduct() };
    expect((await call("createPaymentSession", { token, data })).status).toBe(200);
    await user.deleteAccount();
    await untilForgotten(user);
    expect(await call("createPaymentSession", { token, data })).toMatchObject({
      status: 401,
      body: { error: { status: "UNAUTHENTICATED" } },
    });
    expect((await stripe.customers.list({ email: user.email })).data).toEqual([]);
    expect(await call("verifyPayment", { token, data: sessionId })).toMatchObject({ status: 200 });
  });

  it("is forgotten by the reconciliation where the provider could not be reached", async () => {
    const { user, customerId } = await signUpBuyer();
    const fault = {
      route: "DELETE /v1/customers/:id",
      fault: "error",
      status: 500,
      times: 3,
      when: "before",
    } as const;
    await control.addFault(fault);
    await user.deleteAccount();
    await eventually(async () => {
      expect(await control.readFaults()).toEqual([]);
    });
    expect(await readCustomer(user)).toMatchObject({ forgottenAt: null });
    const admin = await signUp({ admin: true });
    const reports = await Promise.all(
      Array.from({ length: 2 }, async () => await admin.functionProvider.run("runReconciliation", {})),
    );
    expect(reports.map(({ deletions }) => deletions.failed)).toEqual([0, 0]);
    expect(reports.some(({ deletions }) => deletions.repaired === 1)).toBe(true);
    await untilForgotten(user);
    expect(await stripe.customers.retrieve(customerId)).toMatchObject({ deleted: true });
    const again = await admin.functionProvider.run("runReconciliation", {});
    expect(again.deletions).toEqual({ seen: 0, repaired: 0, failed: 0 });
  });

  it("whose id has slashes is nobody here, and takes nobody else with him", async () => {
    const { user } = await signUpBuyer();
    const context = {
      db,
      now: () => new Date(),
      adapters: new PaymentAdapterFactory({}, { defaultProvider: "" }),
    };
    const userId = `${user.uid}/plans/${user.uid}`;
    const forgotten = await forgetUser(context, { userId, deletedAt: new Date() });
    expect(forgotten).toEqual({ userId, endedIds: [], unreachableIds: [], failures: [] });
    expect(await readCustomer(user)).not.toHaveProperty("deletedAt");
    expect((await db.doc(`customers/${user.uid}`).listCollections()).map(({ id }) => id)).toEqual([]);
  });

  it("may never have bought anything", async () => {
    const user = await signUp();
    await user.deleteAccount();
    await untilForgotten(user);
  });
});

/** A user who bought 100 credits. */
async function signUpBuyer(): Promise<{ user: TestUser; sessionId: string; customerId: string }> {
  const user = await signUp();
  const sessionId = await buy(user, await createProduct());
  const { customer } = await stripe.checkout.sessions.retrieve(sessionId);
  return { user, sessionId, customerId: toId(customer) };
}

async function buy(user: TestUser, productId: string): Promise<string> {
  const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
  await control.pay(sessionId);
  await untilGranted(user, sessionId);
  return sessionId;
}

async function readCustomer({ uid }: TestUser): Promise<FirebaseFirestore.DocumentData> {
  return (await db.collection("customers").doc(uid).get()).data() ?? {};
}

async function untilForgotten(user: TestUser): Promise<void> {
  await eventually(async () => {
    const { deletedAt, forgottenAt, providers, openSessions } = await readCustomer(user);
    expect(deletedAt).toBeDefined();
    expect(forgottenAt).not.toBeNull();
    expect({ providers, openSessions }).toEqual({ providers: {}, openSessions: {} });
  });
}

/** The callable protocol by hand, for a token that no client SDK would use any more. */
async function call(
  name: string,
  { token, data }: { token: string; data: unknown },
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${suite.functionsUrl}/${suite.projectId}/us-central1/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ data }),
  });
  return { status: response.status, body: await response.json() };
}
