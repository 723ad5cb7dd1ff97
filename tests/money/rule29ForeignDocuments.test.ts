import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditMoney } from "../../functions/src/admin/auditMoney.ts";
import { migrate } from "../../functions/src/admin/migrate.ts";
import { sweepExpired } from "../../functions/src/credits/sweep.ts";
import { forgetUser } from "../../functions/src/deletion/forgetUser.ts";
import { reconcilePayments } from "../../functions/src/reconciliation/reconcile.ts";
import { buy, createPack, deliver, listCalls, open } from "./market.ts";
import { MoneyShop } from "./shop.ts";

type Documents = Record<string, Record<string, unknown>>;

/** As Stripe's Firebase extension (firestore-stripe-payments 0.3.12) writes a product and one of its prices. */
function toTheirProduct(productId: string, priceId: string): Documents {
  return {
    [`products/${productId}`]: {
      active: true,
      name: "Credits",
      description: null,
      role: "premium",
      images: [],
      metadata: { creditsAmount: "100" },
      tax_code: null,
      stripe_metadata_creditsAmount: "100",
    },
    [`products/${productId}/prices/${priceId}`]: {
      active: true,
      billing_scheme: "per_unit",
      tiers_mode: null,
      tiers: null,
      currency: "usd",
      description: null,
      type: "one_time",
      unit_amount: 500,
      recurring: null,
      interval: null,
      interval_count: null,
      trial_period_days: null,
      transform_quantity: null,
      tax_behavior: "unspecified",
      metadata: {},
      product: productId,
    },
    "products/tax_rates/tax_rates/txr_1": { active: true, percentage: 19, inclusive: true },
  };
}

/** As it writes a customer, with a checkout, a subscription and a payment below. */
function toTheirCustomer(userId: string): Documents {
  return {
    [`customers/${userId}`]: {
      email: `${userId}@example.com`,
      stripeId: "cus_theirs",
      stripeLink: "https://dashboard.stripe.com/customers/cus_theirs",
      phone: null,
    },
    [`customers/${userId}/checkout_sessions/1`]: { client: "web", mode: "payment", sessionId: "cs_theirs" },
    [`customers/${userId}/subscriptions/sub_theirs`]: { status: "active", role: "premium", items: [] },
    [`customers/${userId}/payments/pi_theirs`]: { id: "pi_theirs", status: "succeeded", amount: 500 },
  };
}

/** Rule 29: others have `products` and `customers`, too, Stripe's Firebase extension for one. */
describe("rule 29: documents of somebody else", () => {
  let shop: MoneyShop;

  beforeEach(async () => {
    shop = await MoneyShop.open();
  });

  afterEach(async () => await shop.close());

  async function write(documents: Documents): Promise<void> {
    const { db } = shop.history;
    await Promise.all(Object.entries(documents).map(([path, data]) => db.doc(path).set(data)));
  }

  async function expectUnchanged(documents: Documents): Promise<void> {
    for (const [path, data] of Object.entries(documents)) expect(await shop.readDocument(path)).toEqual(data);
  }

  /** A pack whose place in the catalogue is taken before Gateway hears of it. */
  async function createTaken(metadata?: Record<string, string>) {
    const pack = await createPack(shop, metadata);
    const theirs = toTheirProduct(pack.productId, pack.priceId);
    await write(theirs);
    return { ...pack, theirs };
  }

  it("in a product's place: it is sold as the provider has it, read at each purchase, and they stay", async () => {
    const { productId, theirs } = await createTaken();
    for (const count of [1, 2]) {
      const calls = await listCalls(shop, async () => await buy(shop, "ada", { productId }));
      expect(calls.filter((call) => call.startsWith(`GET /v1/products/${productId}`))).toHaveLength(1);
      expect(await shop.readCredits("ada")).toMatchObject({ given: 100 * count });
    }
    await expectUnchanged(theirs);
    expect(await shop.readDocument(`products/${productId}/private/offer`)).toBeUndefined();
  });

  it("in a product's place: its events are heard and write nothing, and what it costs now is asked", async () => {
    const { productId, theirs } = await createTaken();
    await shop.stripe.products.update(productId, { metadata: { creditsAmount: "70" } });
    const endings = await deliver(shop);
    expect(endings.filter((ending) => ending instanceof Error)).toEqual([]);
    await buy(shop, "ada", { productId });
    expect(await shop.readCredits("ada")).toMatchObject({ given: 70 });
    await expectUnchanged(theirs);
    await shop.stripe.products.update(productId, { active: false });
    await expect(open(shop, "ada", { productId })).rejects.toMatchObject({ code: "failed_precondition" });
    await expectUnchanged(theirs);
  });

  it("in a plan's place: its renewals go on giving credits", async () => {
    const plan = await shop.sell({ credits: 50, unitAmount: 900 });
    const theirs = toTheirProduct(plan.productId, plan.priceId);
    await write(theirs);
    await shop.subscribe("ada", plan);
    await shop.renew();
    expect(await shop.readCredits("ada")).toMatchObject({ given: 100 });
    await expectUnchanged(theirs);
  });

  it("in a free product's place: it is given as often as its price says", async () => {
    const { id: productId } = await shop.stripe.products.create({
      name: "Sample",
      default_price_data: { unit_amount: 0, currency: "usd" },
      metadata: { creditsAmount: "5", freeTimes: "2" },
    });
    await write(toTheirProduct(productId, "price_theirs"));
    for (const given of [5, 10, 10]) {
      await buy(shop, "ada", { productId });
      expect(await shop.readCredits("ada")).toMatchObject({ given });
    }
  });

  it("in a product's place: once they are gone, it is in the catalogue", async () => {
    const { productId } = await createTaken();
    await open(shop, "ada", { productId });
    await shop.history.db.doc(`products/${productId}`).delete();
    await open(shop, "ada", { productId });
    expect(await shop.readDocument(`products/${productId}`)).toMatchObject({
      provider: "stripe",
      active: true,
    });
  });

  it("of a customer: ours lie beside theirs, and only ours are read", async () => {
    const theirs = toTheirCustomer("ada");
    await write(theirs);
    const plan = await shop.sell({ credits: 50, unitAmount: 900 });
    await shop.subscribe("ada", plan);
    expect(await shop.readCredits("ada")).toMatchObject({ given: 50 });
    const { "customers/ada": own, ...below } = theirs;
    const merged = await shop.readDocument("customers/ada");
    expect(merged).toMatchObject({ ...own, userId: "ada", plans: expect.anything() });
    expect(merged).toHaveProperty("providers.stripe.customerId", expect.not.stringContaining("theirs"));
    await expectUnchanged(below);
  });

  it("of a customer: a deleted user's stay, and ours are removed", async () => {
    const theirs = toTheirCustomer("ada");
    await write(theirs);
    const { productId } = await createPack(shop);
    await buy(shop, "ada", { productId });
    await shop.settle();
    const { context } = shop.history;
    await forgetUser(context, { userId: "ada", deletedAt: context.now() });
    const { "customers/ada": own, ...below } = theirs;
    const left = await shop.readDocument("customers/ada");
    expect(left).toMatchObject({ ...own, providers: {}, openSessions: {}, forgottenAt: expect.anything() });
    await expectUnchanged(below);
    await expect(open(shop, "ada", { productId })).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("stop no run over everything, and are changed by none", async () => {
    const { productId, theirs } = await createTaken();
    const customers = toTheirCustomer("theirs alone");
    await write(customers);
    await buy(shop, "ada", { productId });
    await shop.settle();
    const failures: unknown[] = [];
    const { context } = shop.history;
    await reconcilePayments(context, { onFailure: (failure) => failures.push(failure) });
    expect(failures).toEqual([]);
    for (const cursor of ["users:", "products:"])
      expect(await auditMoney(context, { cursor })).toMatchObject({ findings: [] });
    for (const cursor of ["payments:", "accounts:"])
      expect(await migrate(context, { cursor })).toMatchObject({ failed: [] });
    await sweepExpired({ ...context, fraudFreezeDays: 30 });
    await expectUnchanged({ ...theirs, ...customers });
  });

  it("are not those of ours that have lost their shape: these are an error, and stay as they are", async () => {
    const { productId } = await createPack(shop);
    await open(shop, "ada", { productId });
    const { db } = shop.history;
    const ref = db.doc(`products/${productId}`);
    for (const change of [{ prices: "none" }, { provider: 7 }, { readAt: "yesterday" }]) {
      const before = (await ref.get()).data() ?? {};
      await ref.update(change);
      await expect(open(shop, "ada", { productId })).rejects.toMatchObject({ name: "DocumentError" });
      expect((await ref.get()).data()).toEqual({ ...before, ...change });
      await ref.set(before);
    }
    await db.doc("customers/ada").update({ providers: "none" });
    await expect(open(shop, "ada", { productId })).rejects.toMatchObject({ name: "DocumentError" });
  });
});
