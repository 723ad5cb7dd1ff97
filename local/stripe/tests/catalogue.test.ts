import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, untilTrue, startKit, type Kit } from "../testing/kit.ts";
import { createPrice, productOf } from "../testing/shop.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function nextEvent(type: string): Promise<Stripe.Event> {
  const find = () => kit.receiver.received.find(({ event }) => event.type === type)?.event;
  await untilTrue(() => find() !== undefined);
  const event = find();
  if (event === undefined) throw new Error(`No event "${type}"`);
  return event;
}

describe("products", () => {
  it("are created with a default price in one call", async () => {
    const product = await kit.stripe.products.create({
      name: "Small pack",
      metadata: { creditsAmount: "100" },
      default_price_data: { currency: "EUR", unit_amount: 500 },
      expand: ["default_price"],
    });
    expect(product).toMatchObject({
      id: expect.stringMatching(/^prod_\w{14}$/),
      object: "product",
      active: true,
      livemode: false,
      metadata: { creditsAmount: "100" },
      default_price: {
        object: "price",
        currency: "eur",
        unit_amount: 500,
        type: "one_time",
        product: product.id,
      },
    });
    expect((await nextEvent("product.created")).data.object).toMatchObject({ id: product.id });
    expect((await nextEvent("price.created")).request).toMatchObject({ id: product.lastResponse.requestId });
  });

  it("take an id of the caller's own, once", async () => {
    expect((await kit.stripe.products.create({ id: "pack", name: "A" })).id).toBe("pack");
    expect((await kit.stripe.products.retrieve("pack")).name).toBe("A");
    expect(await errorOf(kit.stripe.products.create({ id: "pack", name: "B" }))).toMatchObject({
      statusCode: 400,
      code: "resource_already_exists",
    });
  });

  it("need a name", async () => {
    const call = kit.stripe.rawRequest("POST", "/v1/products", { description: "x" });
    expect(await errorOf(call)).toMatchObject({ code: "parameter_missing", param: "name" });
  });

  it("merge metadata on update and report only what changed", async () => {
    const { id } = await kit.stripe.products.create({
      name: "A",
      metadata: { keep: "1", change: "1", drop: "1" },
    });
    await kit.control("clock", { advanceSeconds: 5 });
    const updated = await kit.stripe.products.update(id, {
      metadata: { change: "2", drop: "", add: "3" },
      active: false,
    });
    expect(updated).toMatchObject({ active: false, metadata: { keep: "1", change: "2", add: "3" } });
    const event = await nextEvent("product.updated");
    expect(event.data.previous_attributes).toStrictEqual({
      active: true,
      metadata: { change: "1", drop: "1", add: null },
      updated: expect.any(Number),
    });
    expect((await kit.stripe.products.update(id, { metadata: "" })).metadata).toStrictEqual({});
  });

  it("emit nothing for an update that changes nothing", async () => {
    const { id } = await kit.stripe.products.create({ name: "A" });
    await kit.stripe.products.update(id, { name: "A" });
    expect((await kit.stripe.events.list({ type: "product.updated" })).data).toStrictEqual([]);
  });

  it("take as default only a price of their own", async () => {
    const price = await createPrice(kit.stripe);
    const other = await kit.stripe.products.create({ name: "Other" });
    expect(await errorOf(kit.stripe.products.update(other.id, { default_price: price.id }))).toMatchObject({
      param: "default_price",
    });
    const own = await kit.stripe.products.update(productOf(price), { default_price: price.id });
    expect(own.default_price).toBe(price.id);
  });

  it("are listed by state and by id", async () => {
    const [a, b] = [
      await kit.stripe.products.create({ name: "A" }),
      await kit.stripe.products.create({ name: "B", active: false }),
    ];
    const ids = async (params: Stripe.ProductListParams) =>
      (await kit.stripe.products.list(params)).data.map(({ id }) => id);
    expect(await ids({ active: true })).toStrictEqual([a.id]);
    expect(await ids({ ids: [a.id, b.id] })).toStrictEqual([b.id, a.id]);
    expect(await ids({ ids: ["prod_no"] })).toStrictEqual([]);
  });

  it("are missing with Stripe's 404", async () => {
    expect(await errorOf(kit.stripe.products.retrieve("prod_no"))).toMatchObject({
      statusCode: 404,
      code: "resource_missing",
      param: "id",
      message: "No such product: 'prod_no'",
    });
    expect(await errorOf(kit.stripe.products.update("prod_no", { name: "A" }))).toMatchObject({
      statusCode: 404,
    });
  });
});

describe("prices", () => {
  it.each(["jpy", "bhd", "isk", "krw"])("exist in %s", async (currency) => {
    expect(await createPrice(kit.stripe, { currency, unit_amount: 5000 })).toMatchObject({
      currency,
      unit_amount: 5000,
    });
  });

  it("may be free or recurring", async () => {
    expect(await createPrice(kit.stripe, { unit_amount: 0 })).toMatchObject({ unit_amount: 0 });
    expect(await createPrice(kit.stripe, { recurring: { interval: "month" } })).toMatchObject({
      type: "recurring",
      recurring: { interval: "month", interval_count: 1, usage_type: "licensed" },
    });
  });

  it("have a decimal amount the SDK can calculate with", async () => {
    const price = await createPrice(kit.stripe, { unit_amount: 1234 });
    expect(price.unit_amount_decimal?.toNumber()).toBe(1234);
  });

  it("refuse an unknown currency, product, or a missing amount", async () => {
    expect(await errorOf(createPrice(kit.stripe, { currency: "xxx" }))).toMatchObject({ param: "currency" });
    expect(await errorOf(createPrice(kit.stripe, { product: "prod_no" }))).toMatchObject({
      statusCode: 400,
      code: "resource_missing",
      param: "product",
    });
    const { id } = await kit.stripe.products.create({ name: "A" });
    expect(await errorOf(kit.stripe.prices.create({ currency: "usd", product: id }))).toMatchObject({
      code: "parameter_missing",
      param: "unit_amount",
    });
  });

  it("hand a lookup key over only when asked to", async () => {
    const first = await createPrice(kit.stripe, { lookup_key: "pack" });
    expect(await errorOf(createPrice(kit.stripe, { lookup_key: "pack" }))).toMatchObject({
      param: "lookup_key",
    });
    const second = await createPrice(kit.stripe, { lookup_key: "pack", transfer_lookup_key: true });
    expect((await kit.stripe.prices.list({ lookup_keys: ["pack"] })).data.map(({ id }) => id)).toStrictEqual([
      second.id,
    ]);
    expect((await kit.stripe.prices.retrieve(first.id)).lookup_key).toBeNull();
  });

  it("are listed by product, type, currency and state", async () => {
    const price = await createPrice(kit.stripe);
    await createPrice(kit.stripe, { currency: "eur", recurring: { interval: "year" } });
    const ids = async (params: Stripe.PriceListParams) =>
      (await kit.stripe.prices.list(params)).data.map(({ id }) => id);
    expect(await ids({ product: productOf(price) })).toStrictEqual([price.id]);
    expect(await ids({ type: "one_time" })).toStrictEqual([price.id]);
    expect(await ids({ currency: "usd" })).toStrictEqual([price.id]);
    await kit.stripe.prices.update(price.id, { active: false, nickname: "old" });
    expect(await ids({ active: false })).toStrictEqual([price.id]);
    expect((await nextEvent("price.updated")).data.previous_attributes).toStrictEqual({
      active: true,
      nickname: null,
    });
  });
});

describe("coupons and promotion codes", () => {
  it("are created, found and listed", async () => {
    const coupon = await kit.stripe.coupons.create({ percent_off: 25, name: "Spring" });
    expect(coupon).toMatchObject({
      object: "coupon",
      percent_off: 25,
      duration: "once",
      valid: true,
      times_redeemed: 0,
    });
    const code = await kit.stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: coupon.id },
      code: "SPRING",
    });
    expect(await kit.stripe.promotionCodes.retrieve(code.id, { expand: ["promotion.coupon"] })).toMatchObject(
      {
        code: "SPRING",
        promotion: { coupon: { id: coupon.id } },
      },
    );
    expect((await kit.stripe.promotionCodes.list({ code: "spring" })).data).toHaveLength(1);
    expect((await kit.stripe.coupons.list()).data.map(({ id }) => id)).toStrictEqual([coupon.id]);
  });

  it("refuse a discount that is none, twice, or of more than all", async () => {
    const { coupons } = kit.stripe;
    expect(await errorOf(coupons.create({}))).toMatchObject({ code: "parameter_missing" });
    expect(await errorOf(coupons.create({ percent_off: 10, amount_off: 5 }))).toMatchObject({
      code: "parameters_exclusive",
    });
    expect(await errorOf(coupons.create({ percent_off: 101 }))).toMatchObject({ param: "percent_off" });
    expect(await errorOf(coupons.create({ amount_off: 100 }))).toMatchObject({ param: "currency" });
  });

  it("refuse a second active code of the same name", async () => {
    const { id } = await kit.stripe.coupons.create({ percent_off: 25 });
    const promotion = { type: "coupon", coupon: id } as const;
    const first = await kit.stripe.promotionCodes.create({ promotion, code: "ONCE" });
    expect(await errorOf(kit.stripe.promotionCodes.create({ promotion, code: "once" }))).toMatchObject({
      param: "code",
    });
    await kit.stripe.promotionCodes.update(first.id, { active: false });
    expect((await kit.stripe.promotionCodes.create({ promotion, code: "once" })).active).toBe(true);
  });
});

describe("customers", () => {
  it("are created, changed and listed by e-mail", async () => {
    const customer = await kit.stripe.customers.create({ email: "a@example.com", metadata: { uid: "u1" } });
    expect(customer).toMatchObject({
      id: expect.stringMatching(/^cus_\w{14}$/),
      email: "a@example.com",
      balance: 0,
    });
    await kit.stripe.customers.update(customer.id, { email: "b@example.com" });
    expect((await kit.stripe.customers.list({ email: "a@example.com" })).data).toStrictEqual([]);
    expect((await kit.stripe.customers.list({ email: "b@example.com" })).data).toHaveLength(1);
    expect((await nextEvent("customer.updated")).data.previous_attributes).toStrictEqual({
      email: "a@example.com",
    });
  });

  it("leave a deleted form behind", async () => {
    const { id } = await kit.stripe.customers.create({ name: "A" });
    expect(await kit.stripe.customers.del(id)).toMatchObject({ id, deleted: true });
    expect(await kit.stripe.customers.retrieve(id)).toMatchObject({ id, object: "customer", deleted: true });
    expect((await kit.stripe.customers.list()).data).toStrictEqual([]);
    expect(await errorOf(kit.stripe.customers.update(id, { name: "B" }))).toMatchObject({ statusCode: 404 });
    expect((await nextEvent("customer.deleted")).data.object).toMatchObject({ id, name: "A" });
  });

  it("refuse an invalid e-mail address", async () => {
    expect(await errorOf(kit.stripe.customers.create({ email: "nobody" }))).toMatchObject({
      code: "email_invalid",
    });
  });
});
