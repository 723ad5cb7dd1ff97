import type { Stripe } from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProviderEvent } from "../../local/stripe/testing/controlClient.ts";
import { open } from "./market.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 16: the order in the provider's metadata says what it is worth only as long as nobody has changed it. */
describe("rule 16: sealed orders", () => {
  let shop: MoneyShop;
  let pack: Plan;
  let plan: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
    plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
  });

  afterAll(async () => await shop.close());

  /** A session with the order's metadata changed, as another project or a hand in the dashboard could make it. */
  async function reopen(
    sessionId: string,
    bought: Plan,
    change: Record<string, string>,
  ): Promise<Stripe.Checkout.Session> {
    const ours = await shop.stripe.checkout.sessions.retrieve(sessionId);
    const metadata = { ...ours.metadata, ...change };
    return await shop.stripe.checkout.sessions.create({
      mode: ours.mode === "subscription" ? "subscription" : "payment",
      line_items: [{ price: bought.priceId, quantity: 1 }],
      success_url: "https://app.example/",
      metadata,
      ...(ours.mode === "subscription"
        ? { subscription_data: { metadata } }
        : { payment_intent_data: { metadata } }),
    });
  }

  it("is what our session says, whatever the metadata is changed to", async () => {
    const sessionId = await open(shop, "original", pack);
    const event = await payAndChange(sessionId, { creditsAmount: "1000000" });
    await shop.deliverChanged(event);
    expect((await shop.readCredits("original")).given).toBe(100);
  });

  it("is what the catalogue says of the lines that were paid, if there is no session of ours", async () => {
    const sessionId = await open(shop, "stranger", pack);
    const changed = await reopen(sessionId, pack, { creditsAmount: "1000000", quantity: "1" });
    await shop.history.control.pay(changed.id);
    expect((await shop.readCredits("stranger")).given).toBe(100);
    expect(await shop.readDocument(`payment_sessions/${changed.id}`)).toMatchObject({ creditsAmount: 100 });
  });

  it("is what the catalogue says of a subscription's lines", async () => {
    const sessionId = await open(shop, "subscriber", plan);
    const changed = await reopen(sessionId, plan, { creditsAmount: "1000000" });
    await shop.history.control.pay(changed.id);
    expect((await shop.readCredits("subscriber")).given).toBe(500);
    await shop.renew();
    expect((await shop.readCredits("subscriber")).given).toBe(1_000);
  });

  it("is what was sold with a price that is not for sale any more, as long as the seal holds", async () => {
    const old = await shop.sell({ credits: 70, unitAmount: 700 });
    await shop.subscribe("loyal", old);
    await shop.settle();
    const newer = await shop.stripe.prices.create({
      product: old.productId,
      currency: "usd",
      unit_amount: 900,
      recurring: { interval: "month" },
    });
    await shop.stripe.products.update(old.productId, {
      default_price: newer.id,
      metadata: { creditsAmount: "10" },
    });
    await shop.stripe.prices.update(old.priceId, { active: false });
    await shop.renew();
    expect((await shop.readCredits("loyal")).given).toBe(140);
  });

  async function payAndChange(sessionId: string, change: Record<string, string>): Promise<ProviderEvent> {
    await shop.history.control.pay(sessionId);
    const events = await shop.history.readEvents();
    const completed = events.findLast(({ type }) => type === "checkout.session.completed");
    if (!completed) throw new Error("Expected a completed session");
    const object = { ...completed.data.object };
    const metadata: object = Object(Reflect.get(object, "metadata"));
    Object.assign(object, { metadata: { ...metadata, ...change } });
    return { ...completed, data: { ...completed.data, object } };
  }
});
