import { describe, expect, it } from "vitest";
import type { FunctionProvider } from "../../client/index.ts";
import {
  control,
  createProduct,
  db,
  readAccount,
  runUntyped,
  signedOut,
  signUp,
  stripe,
  suite,
  toId,
} from "../kit/suite/harness.ts";
import { eventually } from "../kit/eventually.ts";

const unknownSession = "cs_test_unknown";

describe("createPaymentSession", () => {
  it("refuses the signed-out", async () => {
    await expectRefusal(signedOut().run("createPaymentSession", { productId: "prod_1" }), "unauthenticated");
  });

  it("refuses an unknown product and an unknown provider", async () => {
    const { functionProvider } = await signUp();
    await expectRefusal(
      functionProvider.run("createPaymentSession", { productId: "prod_none" }),
      "not-found",
    );
    const productId = await createProduct();
    const call = functionProvider.run("createPaymentSession", { productId, provider: "paypal" });
    await expectRefusal(call, "not-found");
  });

  it.each([
    ["without credits", { creditsAmount: undefined }],
    ["with credits that are no whole number", { creditsAmount: "1.5" }],
    ["with negative credits", { creditsAmount: "-100" }],
    ["with days that are no number", { subscriptionDays: "soon" }],
  ])("refuses a product %s", async (_, product) => {
    const user = await signUp();
    const productId = await createProduct(product);
    await expectRefusal(
      user.functionProvider.run("createPaymentSession", { productId }),
      "failed-precondition",
    );
    await expectNothingWritten(user.uid);
  });

  it("refuses a product that is not active, and a price that is another product's", async () => {
    const { functionProvider } = await signUp();
    const [productId, otherId] = [await createProduct(), await createProduct()];
    const other = await stripe.products.retrieve(otherId);
    const priceId = toId(other.default_price);
    await expectRefusal(functionProvider.run("createPaymentSession", { productId, priceId }), "not-found");
    await stripe.products.update(productId, { active: false });
    // The catalogue hears of it by a webhook.
    await eventually(async () => {
      await expectRefusal(functionProvider.run("createPaymentSession", { productId }), "failed-precondition");
    });
  });

  it.each([
    ["successUrl", "https://evil.example/"],
    ["cancelUrl", "https://evil.example/"],
    ["successUrl", "javascript:alert(1)"],
    ["successUrl", "//evil.example/"],
    ["successUrl", "http://localhost.evil.example/"],
    ["cancelUrl", ""],
  ])("refuses %s %j", async (field, url) => {
    const user = await signUp();
    const productId = await createProduct();
    const call = user.functionProvider.run("createPaymentSession", { productId, [field]: url });
    await expectRefusal(call, "invalid-argument", field);
    await expectNothingWritten(user.uid);
  });

  it.each([
    ["productId", {}],
    ["productId", { productId: "" }],
    ["productId", { productId: "a/b" }],
    ["quantity", { productId: "prod_1", quantity: 0 }],
    ["quantity", { productId: "prod_1", quantity: 1.5 }],
    ["quantity", { productId: "prod_1", quantity: "2" }],
    ["amount", { productId: "prod_1", amount: 1 }],
    ["creditsAmount", { productId: "prod_1", creditsAmount: 1_000 }],
    ["userId", { productId: "prod_1", userId: "somebody" }],
  ])("refuses input for its %s: %j", async (field, input) => {
    const { functionProvider } = await signUp();
    await expectRefusal(
      runUntyped(functionProvider, "createPaymentSession", input),
      "invalid-argument",
      field,
    );
  });

  it("returns to an allowed page with the session's id added to its query", async () => {
    const { functionProvider } = await signUp();
    const { sessionId } = await functionProvider.run("createPaymentSession", {
      productId: await createProduct(),
      successUrl: `${suite.hostingUrl}/done?from=shop#top`,
    });
    const session = await stripe.checkout.sessions.retrieve(sessionId);
    expect(session.success_url).toBe(
      `${suite.hostingUrl}/done?from=shop&session_id={CHECKOUT_SESSION_ID}#top`,
    );
    expect(session.cancel_url).toBe(`${suite.hostingUrl}/payment-canceled`);
  });

  it("returns the same session for the same requestId, and refuses it with other input", async () => {
    const user = await signUp();
    const [productId, otherId] = [await createProduct(), await createProduct()];
    const requestId = crypto.randomUUID();
    const first = await user.functionProvider.run("createPaymentSession", { productId, requestId });
    const again = await Promise.all(
      Array.from({ length: 3 }, () =>
        user.functionProvider.run("createPaymentSession", { productId, requestId }),
      ),
    );
    expect(again).toEqual([first, first, first]);
    const other = user.functionProvider.run("createPaymentSession", { productId: otherId, requestId });
    await expectRefusal(other, "failed-precondition");
    const stranger = await signUp();
    const theirs = await stranger.functionProvider.run("createPaymentSession", { productId, requestId });
    expect(theirs.sessionId).not.toBe(first.sessionId);
  });

  it("is unavailable and writes nothing while Stripe is down", async () => {
    const user = await signUp();
    const productId = await createProduct();
    const metadata = { userId: user.uid };
    const fault = {
      route: "POST /v1/checkout/sessions",
      times: 3,
      fault: "reset",
      match: metadata.userId,
    } as const;
    await control.addFault(fault);
    await expectRefusal(user.functionProvider.run("createPaymentSession", { productId }), "unavailable");
    const sessions = await db.collection("payment_sessions").where("userId", "==", user.uid).get();
    expect(sessions.size).toBe(0);
    await user.functionProvider.run("createPaymentSession", { productId });
  });

  it("opens one session when Stripe's answer is lost", async () => {
    const user = await signUp();
    const productId = await createProduct();
    const fault = {
      route: "POST /v1/checkout/sessions",
      times: 1,
      fault: "reset",
      when: "after",
      match: user.uid,
    } as const;
    await control.addFault(fault);
    const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
    const { customer } = await stripe.checkout.sessions.retrieve(sessionId);
    const { data } = await stripe.checkout.sessions.list({ customer: toId(customer) });
    expect(data.map(({ id }) => id)).toEqual([sessionId]);
  });
});

describe("verifyPayment", () => {
  it("refuses the signed-out, an unknown session and somebody else's alike", async () => {
    const [ada, ben] = [await signUp(), await signUp()];
    const { sessionId } = await ada.functionProvider.run("createPaymentSession", {
      productId: await createProduct(),
    });
    await expectRefusal(signedOut().run("verifyPayment", sessionId), "unauthenticated");
    await expectRefusal(ben.functionProvider.run("verifyPayment", unknownSession), "not-found");
    await expectRefusal(ben.functionProvider.run("verifyPayment", sessionId), "not-found");
    await control.pay(sessionId);
    await expectRefusal(ben.functionProvider.run("verifyPayment", sessionId), "not-found");
    await db.collection("payment_sessions").doc(sessionId).delete();
    await expectRefusal(ben.functionProvider.run("verifyPayment", sessionId), "not-found");
    expect((await readAccount(ben.uid)).subscription).toBeUndefined();
  });

  it.each([null, 7, "", "a/b", "__proto__/x", { sessionId: "" }, { sessionId: "cs_1", userId: "me" }, []])(
    "refuses %j",
    async (input) => {
      const { functionProvider } = await signUp();
      await expectRefusal(runUntyped(functionProvider, "verifyPayment", input), "invalid-argument");
    },
  );
});

async function expectRefusal(
  call: ReturnType<FunctionProvider["run"]> | Promise<unknown>,
  code: string,
  text = "",
) {
  await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
}

async function expectNothingWritten(uid: string): Promise<void> {
  const sessions = await db.collection("payment_sessions").where("userId", "==", uid).get();
  const customer = await db.collection("customers").doc(uid).get();
  // A call that asked the provider is counted.
  expect([sessions.size, customer.get("providers"), customer.get("openSessions")]).toEqual([
    0,
    undefined,
    undefined,
  ]);
}
