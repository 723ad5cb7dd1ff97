import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { ControlClient } from "../testing/controlClient.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { createPrice, productOf } from "../testing/shop.ts";

let kit: Kit;
let control: ControlClient;
beforeAll(async () => {
  kit = await startKit();
  control = new ControlClient(kit.server.url);
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

type PriceData = Stripe.Checkout.SessionCreateParams.LineItem.PriceData;

const adHoc = { currency: "eur", unit_amount: 700, product_data: { name: "Tip", metadata: { kind: "tip" } } };

async function open(
  priceData: PriceData,
  mode: "payment" | "subscription" = "payment",
): Promise<Stripe.Checkout.Session> {
  return await kit.stripe.checkout.sessions.create({
    mode,
    line_items: [{ price_data: priceData, quantity: 2 }],
    success_url: "https://shop.example/",
  });
}

async function soldPrice(sessionId: string): Promise<Stripe.Price> {
  const { data } = await kit.stripe.checkout.sessions.listLineItems(sessionId);
  const price = data[0]?.price;
  if (!price) throw new Error("Expected a line item with a price");
  return price;
}

/** Source: https://docs.stripe.com/products-prices/how-products-and-prices-work#inline-pricing */
describe("price_data", () => {
  it("is sold as a price of its own, which is inactive and can be retrieved", async () => {
    const session = await open(adHoc);
    expect(session).toMatchObject({ currency: "eur", amount_total: 1_400 });
    const { id } = await soldPrice(session.id);
    expect(await kit.stripe.prices.retrieve(id, { expand: ["product"] })).toMatchObject({
      active: false,
      unit_amount: 700,
      product: { name: "Tip", active: false, metadata: { kind: "tip" } },
    });
    expect(await control.pay(session.id)).toMatchObject({ payment_status: "paid" });
  });

  it("belongs to a product that exists, if it names one", async () => {
    const product = productOf(await createPrice(kit.stripe));
    const session = await open({ currency: "usd", unit_amount: 700, product });
    expect(productOf(await soldPrice(session.id))).toBe(product);
  });

  it("recurs in a subscription", async () => {
    const session = await open({ ...adHoc, recurring: { interval: "week" } }, "subscription");
    const price = await soldPrice(session.id);
    const { subscription } = await control.pay(session.id);
    expect(await kit.stripe.subscriptions.retrieve(idOf(subscription) ?? "")).toMatchObject({
      items: { data: [{ price: { id: price.id, recurring: { interval: "week" } }, quantity: 2 }] },
    });
  });

  it("cannot be sold again", async () => {
    const { id: price } = await soldPrice((await open(adHoc)).id);
    const again = kit.stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [{ price, quantity: 1 }],
      success_url: "https://shop.example/",
    });
    expect(await errorOf(again)).toMatchObject({ statusCode: 400, param: "line_items[0][price]" });
  });

  /** Source: https://docs.stripe.com/api/prices/list */
  it("is in no list, whereas an archived price is in that of the inactive ones only", async () => {
    const listed = await createPrice(kit.stripe);
    const product = productOf(listed);
    const archived = await createPrice(kit.stripe, { active: false });
    await open({ currency: "usd", unit_amount: 700, product });
    const read = async (params: Stripe.PriceListParams) =>
      (await kit.stripe.prices.list(params)).data.map(({ id }) => id);
    expect(await read({})).toEqual([listed.id]);
    expect(await read({ active: false })).toEqual([archived.id]);
  });

  const path = "line_items[0][price_data]";
  it.each<[string, PriceData, string]>([
    ["no product", { currency: "usd", unit_amount: 700 }, `${path}[product]`],
    ["two products", { ...adHoc, product: "prod_1" }, `${path}[product]`],
    ["an unknown product", { currency: "usd", unit_amount: 700, product: "prod_1" }, `${path}[product]`],
    ["no amount", { currency: "usd", product_data: { name: "Tip" } }, `${path}[unit_amount]`],
    ["an interval in a payment", { ...adHoc, recurring: { interval: "week" } }, path],
  ])("is refused with %s", async (_what, priceData, param) => {
    expect(await errorOf(open(priceData))).toMatchObject({ statusCode: 400, param });
  });

  it("is given instead of a price, not beside it", async () => {
    const { id: price } = await createPrice(kit.stripe);
    const both = kit.stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [{ price, price_data: adHoc, quantity: 1 }],
      success_url: "https://shop.example/",
    });
    expect(await errorOf(both)).toMatchObject({
      code: "parameters_exclusive",
      param: "line_items[0][price]",
    });
  });
});
