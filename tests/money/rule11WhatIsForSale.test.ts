import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPrice, buy, createPack, deliver, listCalls, open, readProduct, readWithheld } from "./market.ts";
import { MoneyShop } from "./shop.ts";

const NOT_ASKED = "it is not the default price, and its own metadata has no creditsAmount";

/** Rule 11: the default price is for sale, and every price whose own metadata says what it is worth. */
describe("rule 11: what is for sale", () => {
  let shop: MoneyShop;

  beforeAll(async () => {
    shop = await MoneyShop.open();
  });

  afterAll(async () => await shop.close());

  it("shows the default price, and nothing of a price that says nothing of its worth", async () => {
    const { productId, priceId } = await createPack(shop, { creditsAmount: "10000" });
    const partner = await addPrice(shop, productId);
    expect(await deliver(shop)).toContainEqual(
      expect.objectContaining({ outcome: "processed", productId, withheld: { [partner]: NOT_ASKED } }),
    );
    expect(await readProduct(shop, productId)).toEqual({
      provider: "stripe",
      active: true,
      name: "Credits",
      description: null,
      images: [],
      creditsAmount: 10_000,
      subscriptionDays: null,
      maxQuantity: 1,
      defaultPriceId: priceId,
      prices: {
        [priceId]: {
          amount: 500,
          currency: "usd",
          active: true,
          type: "one_time",
          interval: null,
          intervalCount: 1,
          creditsAmount: 10_000,
          subscriptionDays: null,
        },
      },
    });
    expect(await readWithheld(shop, productId)).toEqual({ [partner]: NOT_ASKED });
    await expect(open(shop, "partner", { productId, priceId: partner })).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("prices with a creditsAmount in their own metadata"),
    });
    await buy(shop, "anybody", { productId });
    expect(await shop.readCredits("anybody")).toMatchObject({ given: 10_000 });
  });

  it("writes down no reason if there is none", async () => {
    const { productId } = await createPack(shop);
    await deliver(shop);
    expect(await readWithheld(shop, productId)).toBeUndefined();
  });

  it("sells another price at its own worth", async () => {
    const { productId } = await createPack(shop, { creditsAmount: "100", subscriptionDays: "30" });
    const metadata = { creditsAmount: "1300", subscriptionDays: "365" };
    const yearly = await addPrice(shop, productId, { unit_amount: 5_000, metadata });
    await deliver(shop);
    await buy(shop, "yearly", { productId, priceId: yearly });
    expect(await shop.readCredits("yearly")).toMatchObject({ given: 1_300 });
    const { docs } = await shop.history.db.collection("subscriptions/yearly/grants").get();
    const [grant] = docs.map((found) => found.data());
    const days = (grant?.["expiresAt"].toMillis() - grant?.["startDate"].toMillis()) / 86_400_000;
    expect(days).toBe(365);
  });

  // https://docs.stripe.com/products-prices/pricing-models#multicurrency
  it("shows what a price is in other currencies", async () => {
    const { productId, priceId } = await createPack(shop);
    const euro = await addPrice(shop, productId, {
      metadata: { creditsAmount: "7" },
      currency_options: { eur: { unit_amount: 45 }, krw: { unit_amount: 700 } },
    });
    await deliver(shop);
    const product = await readProduct(shop, productId);
    expect(product).toMatchObject({ prices: { [euro]: { currencyOptions: { eur: 45, krw: 700 } } } });
    expect(product).not.toHaveProperty(["prices", priceId, "currencyOptions"]);
  });

  it("follows a price that gets, changes and loses its worth", async () => {
    const { productId, priceId } = await createPack(shop);
    const other = await addPrice(shop, productId, { metadata: { creditsAmount: "7" } });
    await deliver(shop);
    expect(await readProduct(shop, productId)).toMatchObject({ prices: { [other]: { creditsAmount: 7 } } });
    await shop.stripe.prices.update(other, { metadata: { creditsAmount: "8" } });
    await deliver(shop);
    expect(await readProduct(shop, productId)).toMatchObject({ prices: { [other]: { creditsAmount: 8 } } });
    await shop.stripe.prices.update(other, { metadata: { creditsAmount: "" } });
    await deliver(shop);
    expect(Object.keys((await readProduct(shop, productId))?.["prices"])).toEqual([priceId]);
    expect(await readWithheld(shop, productId)).toEqual({ [other]: NOT_ASKED });
    await shop.stripe.prices.update(other, { active: false });
    await deliver(shop);
    expect(await readWithheld(shop, productId)).toEqual({});
  });

  it("takes a product off sale whose only price is not valid any more, and says why", async () => {
    const { productId, priceId } = await createPack(shop);
    await deliver(shop);
    await shop.stripe.products.update(productId, { metadata: { creditsAmount: "1,000" } });
    await deliver(shop);
    expect(await readProduct(shop, productId)).toMatchObject({ active: false });
    const reason = "its metadata has no valid creditsAmount and subscriptionDays";
    expect(await readWithheld(shop, productId)).toEqual({ [priceId]: reason });
    await expect(open(shop, "late", { productId })).rejects.toMatchObject({ code: "failed_precondition" });
  });

  it("says nothing of a product of somebody else's", async () => {
    const { productId } = await createPack(shop, { sku: "shirt" });
    await deliver(shop);
    expect(await readProduct(shop, productId)).toBeUndefined();
    expect(await readWithheld(shop, productId)).toBeUndefined();
    await expect(open(shop, "anybody", { productId })).rejects.toMatchObject({ code: "failed_precondition" });
  });

  it("goes on giving a price that is off sale what it was sold with", async () => {
    const plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
    await deliver(shop);
    await shop.subscribe("loyal", plan);
    const dearer = await addPrice(shop, plan.productId, {
      unit_amount: 2_900,
      recurring: { interval: "month" },
    });
    const metadata = { creditsAmount: "300" };
    await shop.stripe.products.update(plan.productId, { default_price: dearer, metadata });
    await shop.settle();
    expect(Object.keys((await readProduct(shop, plan.productId))?.["prices"])).toEqual([dearer]);
    await expect(open(shop, "new", plan)).rejects.toMatchObject({ code: "not_found" });
    await shop.renew();
    expect(await shop.readCredits("loyal")).toMatchObject({ given: 1_000 });
  });

  it("reads a product once more that was written when every price was for sale", async () => {
    const { productId, priceId } = await createPack(shop);
    const partner = await addPrice(shop, productId);
    await deliver(shop);
    const ref = shop.history.db.collection("products").doc(productId);
    const shown = { currency: "usd", active: true, type: "one_time", interval: null };
    const { maxQuantity: _maxQuantity, ...known } = (await ref.get()).data() ?? {};
    const prices = { [priceId]: { ...shown, amount: 500 }, [partner]: { ...shown, amount: 50 } };
    await ref.set({ ...known, prices });
    const calls = await listCalls(shop, async () => {
      await expect(open(shop, "old", { productId, priceId: partner })).rejects.toMatchObject({
        code: "not_found",
      });
      await buy(shop, "old", { productId });
    });
    expect(calls.filter((call) => call === "GET /v1/prices")).toHaveLength(1);
    expect(await shop.readCredits("old")).toMatchObject({ given: 100 });
    expect(await readProduct(shop, productId)).toMatchObject({ maxQuantity: 1 });
  });
});
