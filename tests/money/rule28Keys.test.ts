import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { stripe as provider } from "../../functions/src/adapters/stripe/provider.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import { redriveEvent } from "../../functions/src/webhooks/redrive.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 28: a key that does not work says why in the log, and callers that they can try again. https://docs.stripe.com/keys */
describe("rule 28: an API key", () => {
  let shop: MoneyShop;
  let pack: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
  });

  afterAll(async () => await shop.close());

  async function create(userId: string) {
    return await createPaymentSession(shop.history.context, { userId, email: undefined }, { ...pack });
  }

  it.each([
    [401, "STRIPE_SECRET_KEY is wrong, was rolled or has expired"],
    [403, "the permission rak_checkout_session_write"],
  ] as const)(
    "that is refused with %i lets callers try again, and says the remedy",
    async (status, remedy) => {
      const route = "POST /v1/checkout/sessions";
      await shop.history.control.addFault({ route, fault: "error", status });
      const refused = create(`refused ${status}`);
      await expect(refused).rejects.toMatchObject({
        code: "unavailable",
        cause: { kind: "unauthenticated", detail: expect.stringContaining(remedy) },
      });
      await expect(refused).rejects.not.toThrow(/STRIPE|rak_|sk_/);
      expect(await create(`refused ${status}`)).toHaveProperty("url");
    },
  );

  it.each([401, 403] as const)("that is refused with %i keeps an event in the inbox", async (status) => {
    const userId = `event ${status}`;
    const sessionId = await shop.buyOnce(userId, pack);
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    await shop.stripe.refunds.create({ payment_intent: intent, amount: 200 });
    const events = await shop.history.readEvents();
    const refunded = events.findLast(({ type }) => type === "charge.refunded");
    if (!refunded) throw new Error("Expected an event");
    for (const route of ["GET /v1/invoice_payments", "GET /v1/refunds", "GET /v1/checkout/sessions"])
      await shop.history.control.addFault({ route, fault: "error", status });
    const { context } = shop.history;
    await expect(receiveWebhook(context, "stripe", shop.history.toRequest(refunded))).rejects.toThrow(
      refunded.id,
    );
    await shop.history.control.clearFaults();
    const entry = await shop.readDocument(`webhook_events/stripe_${refunded.id}`);
    expect(entry).toMatchObject({ status: "failed", error: expect.stringContaining("STRIPE_SECRET_KEY") });
    await redriveEvent(context, { eventId: refunded.id });
    expect((await shop.readCredits(userId)).given).toBe(60);
  });

  it.each(["\n", " ", "\r\n"])("works with %j at its end, and so does the webhook's secret", async (end) => {
    const secrets = {
      STRIPE_SECRET_KEY: `sk_test_histories${end}`,
      STRIPE_WEBHOOK_SECRET: `whsec_histories${end}`,
    };
    const adapter = await provider.build({
      projectId: shop.history.context.projectId,
      readSecret: (name) => secrets[name],
      baseUrl: new URL(shop.history.url),
    });
    expect(await adapter.fetchProduct(pack.productId)).toMatchObject({ outcome: "ok" });
    const [event] = await shop.history.readEvents();
    if (!event) throw new Error("Expected an event");
    const parsed = await adapter.parseWebhook(shop.history.toRequest(event), {
      now: shop.history.context.now(),
    });
    expect(parsed).toMatchObject({ outcome: "ok" });
  });

  it.each([
    ["", "is not set"],
    ["pk_test_1", "it is a publishable key"],
    ["whsec_1", "it names neither live nor test mode"],
  ])("%j is refused before it is used", async (key, reason) => {
    const build = provider.build({ projectId: "demo", readSecret: () => key, baseUrl: undefined });
    await expect(build).rejects.toThrow(reason);
  });
});
