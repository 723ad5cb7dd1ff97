import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ControlClient } from "../testing/controlClient.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { createSession } from "../testing/shop.ts";

let kit: Kit;
let control: ControlClient;
beforeAll(async () => {
  kit = await startKit();
  control = new ControlClient(kit.server.url);
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

/** Source: https://docs.stripe.com/api/prices/create */
const kinds: Record<string, Partial<Stripe.PriceCreateParams>> = {
  tiered: {
    billing_scheme: "tiered",
    tiers_mode: "graduated",
    tiers: [
      { up_to: 5, unit_amount: 700 },
      { up_to: "inf", unit_amount: 500 },
    ],
  },
  metered: { unit_amount: 10, recurring: { interval: "month", usage_type: "metered", meter: "mtr_1" } },
  transformed: { unit_amount: 1_000, transform_quantity: { divide_by: 5, round: "up" } },
  fractional: { unit_amount_decimal: Stripe.Decimal.from("0.05") },
  custom: { custom_unit_amount: { enabled: true, minimum: 100 } },
};

async function createKind(kind: Partial<Stripe.PriceCreateParams>): Promise<Stripe.Price> {
  const { id } = await kit.stripe.products.create({ name: "Credits" });
  return await kit.stripe.prices.create({ currency: "usd", product: id, ...kind });
}

describe("a price", () => {
  it.each([
    ["tiered", { billing_scheme: "tiered", tiers_mode: "graduated", unit_amount: null }],
    ["metered", { recurring: { usage_type: "metered" }, unit_amount: 10 }],
    ["transformed", { transform_quantity: { divide_by: 5, round: "up" } }],
    ["fractional", { unit_amount: null, billing_scheme: "per_unit" }],
    ["custom", { custom_unit_amount: { minimum: 100, maximum: null }, unit_amount: null }],
  ])("that is %s is shown as such, and not sold", async (kind, shown) => {
    const price = await createKind(kinds[kind] ?? {});
    expect(price).toMatchObject(shown);
    const mode = price.recurring ? "subscription" : "payment";
    const session = kit.stripe.checkout.sessions.create({
      mode,
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: "https://shop.example/",
    });
    expect(await errorOf(session)).toMatchObject({ param: "line_items[0][price]" });
  });

  /** Source: https://docs.stripe.com/api/prices/create */
  it.each<[string, Partial<Stripe.PriceCreateParams>]>([
    ["unit_amount", {}],
    ["unit_amount", { unit_amount: 5, custom_unit_amount: { enabled: true } }],
    ["billing_scheme", { unit_amount: 5, billing_scheme: "tiered" }],
    ["billing_scheme", { unit_amount: 5, tiers_mode: "volume" }],
    ["billing_scheme", { tiers: [{ up_to: "inf", unit_amount: 5 }], tiers_mode: "volume" }],
    ["tiers", { ...kinds["tiered"], tiers: [{ up_to: 5, unit_amount: 700 }] }],
    ["transform_quantity", { ...kinds["tiered"], transform_quantity: { divide_by: 5, round: "up" } }],
    ["custom_unit_amount", { ...kinds["custom"], recurring: { interval: "month" } }],
    ["recurring[interval_count]", { unit_amount: 5, recurring: { interval: "month", interval_count: 37 } }],
  ])("is refused because of its %s", async (param, kind) => {
    expect(await errorOf(createKind(kind))).toMatchObject({ statusCode: 400, param });
  });

  /** Source: https://docs.stripe.com/api/prices/object */
  it("shows its tiers only if it is asked for them", async () => {
    const { id } = await createKind(kinds["tiered"] ?? {});
    expect(await kit.stripe.prices.retrieve(id)).not.toHaveProperty("tiers");
    const { tiers } = await kit.stripe.prices.retrieve(id, { expand: ["tiers"] });
    expect(tiers).toMatchObject([
      { up_to: 5, unit_amount: 700, flat_amount: null },
      { up_to: null, unit_amount: 500 },
    ]);
    const { data } = await kit.stripe.prices.list({ expand: ["data.tiers"] });
    expect(data).toMatchObject([{ id, tiers: [{ up_to: 5 }, { up_to: null }] }]);
  });

  it("has a whole amount only if it has no part of a minor unit", async () => {
    const fractional = await createKind(kinds["fractional"] ?? {});
    const whole = await createKind({ unit_amount_decimal: Stripe.Decimal.from("500") });
    expect([fractional.unit_amount, fractional.unit_amount_decimal?.toString()]).toEqual([null, "0.05"]);
    expect([whole.unit_amount, whole.unit_amount_decimal?.toString()]).toEqual([500, "500"]);
  });

  it("recurs every few months", async () => {
    const recurring = { interval: "month", interval_count: 3 } as const;
    const session = await createSession(kit.stripe, { mode: "subscription", price: { recurring } });
    await control.pay(session.id);
    const { subscription } = await kit.stripe.checkout.sessions.retrieve(session.id, {
      expand: ["subscription"],
    });
    if (subscription === null || typeof subscription === "string") throw new Error("Expected a subscription");
    const [item] = subscription.items.data;
    const days = ((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)) / 86_400;
    expect(item?.price.recurring).toMatchObject(recurring);
    expect(days).toBeGreaterThanOrEqual(89);
    expect(days).toBeLessThanOrEqual(92);
  });

  /** Sources: https://docs.stripe.com/api/pagination and https://docs.stripe.com/api/prices/list */
  it("is one of more than a hundred, in pages", async () => {
    const { id: product } = await kit.stripe.products.create({ name: "Credits" });
    for (let made = 0; made < 102; made += 1) {
      const active = made !== 50;
      await kit.stripe.prices.create({ product, currency: "usd", unit_amount: 100 + made, active });
    }
    const first = await kit.stripe.prices.list({ product, active: true, limit: 100 });
    expect([first.data.length, first.has_more]).toEqual([100, true]);
    const after = first.data.at(-1)?.id ?? "";
    const last = await kit.stripe.prices.list({ product, active: true, limit: 100, starting_after: after });
    expect([last.data.map(({ unit_amount: amount }) => amount), last.has_more]).toEqual([[100], false]);
    const archived = await kit.stripe.prices.list({ product, active: false });
    expect(archived.data.map(({ unit_amount: amount }) => amount)).toEqual([150]);
    const all = kit.stripe.prices.list({ product, active: true, limit: 100 });
    const ids = (await all.autoPagingToArray({ limit: 200 })).map(({ id }) => id);
    expect(new Set(ids).size).toBe(101);
  });
});
