import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { API_KEY, startKit, type Kit } from "../../../local/stripe/testing/kit.ts";
import { DAY, renew, subscribe, type Subscribed } from "../../../local/stripe/testing/subscriptions.ts";
import { connectStripe } from "../../kit/stripe.ts";
import { findBreaches } from "./law.ts";
import { toId } from "./provider/pages.ts";
import { readLaw } from "./readLaw.ts";

const projectId = "demo-law";
const monthly = { interval: "month" } as const;

let kit: Kit;
let stripe: Stripe;
beforeAll(async () => {
  kit = await startKit();
  stripe = connectStripe({ url: kit.server.url, apiKey: API_KEY });
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

function toOrder(userId: string): Stripe.MetadataParam {
  return { gatewayProject: projectId, userId };
}

async function createPrice(price: Omit<Stripe.PriceCreateParams, "currency" | "product">): Promise<string> {
  const { id: product } = await stripe.products.create({ name: "Credits" });
  return (await stripe.prices.create({ currency: "usd", product, ...price })).id;
}

async function createPlan(creditsAmount: number, unitAmount: number): Promise<string> {
  const metadata = { creditsAmount: String(creditsAmount) };
  return await createPrice({ unit_amount: unitAmount, recurring: monthly, metadata });
}

async function subscribeTo(priceId: string, { userId = "ada", quantity = 1 } = {}): Promise<Subscribed> {
  const metadata = toOrder(userId);
  const line_items = [{ price: priceId, quantity }];
  return await subscribe(kit, { session: { line_items, metadata, subscription_data: { metadata } } });
}

/** Changes the plan in the middle of the period. */
async function changeTo(
  subscribed: Subscribed,
  priceId: string,
  params: Stripe.SubscriptionUpdateParams = { proration_behavior: "always_invoice" },
): Promise<void> {
  const { items } = await stripe.subscriptions.retrieve(subscribed.subscriptionId);
  const [item] = items.data;
  const { id = "", current_period_start: start = 0, current_period_end: end = 0 } = item ?? {};
  await kit.control("clock", { now: start + (end - start) / 2 });
  await stripe.subscriptions.update(subscribed.subscriptionId, {
    items: [{ id, price: priceId, quantity: 1 }],
    ...params,
  });
}

/** A completed order of one unit. */
async function buy(priceId: string, order: Stripe.MetadataParam = {}): Promise<Stripe.Checkout.Session> {
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [{ price: priceId, quantity: 1 }],
    metadata: { ...toOrder("ada"), ...order },
    success_url: "http://shop.test/thanks",
  });
  await kit.control(`checkout/${session.id}/pay`, {});
  return await stripe.checkout.sessions.retrieve(session.id);
}

async function readOf(userId: string, options?: Parameters<typeof readLaw>[1]) {
  const law = await readLaw({ stripe, projectId }, options);
  return law.get(userId);
}

describe("readLaw", () => {
  it("counts the units of a subscription and its renewals, and nobody else's", async () => {
    const plan = await createPlan(500, 1_900);
    const subscribed = await subscribeTo(plan, { quantity: 2 });
    await subscribeTo(plan, { userId: "bob" });
    await renew(kit, subscribed);
    expect(await readOf("ada")).toEqual({ least: 2_000, most: 2_000, lines: 2 });
  });

  it("knows nothing of other projects", async () => {
    await subscribeTo(await createPlan(500, 1_900));
    expect(await readLaw({ stripe, projectId: "demo-other" })).toEqual(new Map());
  });

  it("reads only the customers that are named", async () => {
    const plan = await createPlan(500, 1_900);
    const { customerId } = await subscribeTo(plan);
    await subscribeTo(plan, { userId: "bob" });
    const law = await readLaw({ stripe, projectId }, { customerIds: [customerId] });
    expect([...law.keys()]).toEqual(["ada"]);
  });

  // Two digits: each second between the calls is worth a few ten thousandths of a credit.
  it("takes back by time what a change gives back", async () => {
    const [small, large] = [await createPlan(500, 1_900), await createPlan(1_000, 3_800)];
    const subscribed = await subscribeTo(small);
    await changeTo(subscribed, large);
    const upgraded = await readOf("ada");
    expect(upgraded?.least).toBeCloseTo(750, 2);
    await changeTo(subscribed, small);
    const downgraded = await readOf("ada");
    expect(downgraded?.most).toBeCloseTo(500, 2);
  });

  it("counts a change on the invoice that bills it", async () => {
    const [small, large] = [await createPlan(500, 1_900), await createPlan(1_000, 3_800)];
    const subscribed = await subscribeTo(small);
    await changeTo(subscribed, large, { proration_behavior: "create_prorations" });
    expect((await readOf("ada"))?.most).toBe(500);
    await renew(kit, subscribed);
    expect((await readOf("ada"))?.most).toBeCloseTo(1_750, 2);
  });

  it("goes by the price's metadata before the product's", async () => {
    const plan = await createPlan(500, 1_900);
    const { product } = await stripe.prices.retrieve(plan);
    const productId = typeof product === "string" ? product : product.id;
    await stripe.products.update(productId, { metadata: { creditsAmount: "70" } });
    await subscribeTo(plan);
    expect((await readOf("ada"))?.most).toBe(500);
    await stripe.prices.update(plan, { metadata: { creditsAmount: "" } });
    expect((await readOf("ada"))?.most).toBe(70);
  });

  it("gives nothing for a trial", async () => {
    const metadata = toOrder("ada");
    const line_items = [{ price: await createPlan(500, 1_900), quantity: 1 }];
    const subscription_data = { metadata, trial_period_days: 7 };
    const subscribed = await subscribe(kit, { session: { line_items, metadata, subscription_data } });
    expect((await readOf("ada"))?.most).toBe(0);
    await kit.control("clock", { now: subscribed.session.created + 7 * DAY + 7_200 });
    expect((await readOf("ada"))?.least).toBe(500);
  });

  it("gives something free once while it runs, for one unit", async () => {
    const plan = await createPlan(50, 0);
    await subscribeTo(plan, { quantity: 9 });
    await subscribeTo(plan, { quantity: 9 });
    expect(await readOf("ada")).toEqual({ least: 50, most: 50, lines: 2 });
  });

  it("scales a one-time order by the money that was kept", async () => {
    const { payment_intent } = await buy(
      await createPrice({ unit_amount: 1_000, metadata: { creditsAmount: "100" } }),
    );
    expect((await readOf("ada"))?.most).toBe(100);
    await stripe.refunds.create({ payment_intent: toId(payment_intent), amount: 250 });
    expect((await readOf("ada"))?.most).toBe(75);
  });

  it("counts what a credit note gives back, and what it refunds once", async () => {
    const { subscriptionId } = await subscribeTo(await createPlan(500, 2_000));
    const { data } = await stripe.invoices.list({ subscription: subscriptionId });
    const invoice = toId(data[0]);
    await stripe.creditNotes.create({ invoice, amount: 500, credit_amount: 500 });
    expect((await readOf("ada"))?.most).toBe(375);
    await stripe.creditNotes.create({ invoice, amount: 1_000, refund_amount: 1_000 });
    expect(await readOf("ada")).toEqual({ least: 125, most: 125, lines: 1 });
  });

  it("counts what a lost dispute withdrew", async () => {
    const priceId = await createPrice({ unit_amount: 1_000, metadata: { creditsAmount: "100" } });
    const { payment_intent } = await buy(priceId);
    const opened = await kit.control(`payment_intents/${toId(payment_intent)}/dispute`, {});
    expect((await readOf("ada"))?.most).toBe(100);
    const [dispute] = (await stripe.disputes.list()).data;
    await kit.control(`disputes/${dispute?.id}/close`, { outcome: "lost" });
    expect([opened.status, (await readOf("ada"))?.most]).toEqual([200, 0]);
  });

  it("leaves open whether an order keeps the worth that the product had", async () => {
    const priceId = await createPrice({ unit_amount: 1_000, metadata: { creditsAmount: "100" } });
    await buy(priceId, { priceId, quantity: "1", creditsAmount: "100" });
    await stripe.prices.update(priceId, { metadata: { creditsAmount: "120" } });
    expect(await readOf("ada")).toEqual({ least: 100, most: 120, lines: 1 });
  });
});

describe("findBreaches", () => {
  const law = new Map([["ada", { least: 100, most: 120, lines: 2 }]]);

  it.each([98, 100, 120, 122])("lets pass %i credits, since each line may be rounded", (credits) => {
    expect(findBreaches(law, new Map([["ada", credits]]))).toEqual([]);
  });

  it.each([
    [97, "ada got too few credits: 97, where the law says 100 to 120 (2 lines)"],
    [123, "ada got too many credits: 123, where the law says 100 to 120 (2 lines)"],
  ])("tells of %i credits", (credits, breach) => {
    expect(findBreaches(law, new Map([["ada", credits]]))).toEqual([breach]);
  });

  it("tells of a user who paid nothing, and of one who got nothing", () => {
    expect(findBreaches(law, new Map([["bob", 1]]))).toEqual([
      "ada got too few credits: 0, where the law says 100 to 120 (2 lines)",
      "bob got too many credits: 1, where the law says 0 (0 lines)",
    ]);
  });
});
