import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoneyShop, type Behavior, type Billing, type Plan } from "./shop.ts";

/** Rule 1: what a credited line gave is taken back at once, so that going in a circle gains nothing. */
describe("rule 1: negative counts", () => {
  let shop: MoneyShop;
  let small: Plan;
  let large: Plan;
  let support: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    small = await shop.sell({ credits: 500, unitAmount: 1_900 });
    large = await shop.sell({ credits: 1_000, unitAmount: 3_800 });
    support = await shop.sell({ credits: undefined, unitAmount: 3_800 });
  });

  afterAll(async () => await shop.close());

  it("gives the difference of an upgrade, and takes it back for a downgrade", async () => {
    const subscriptionId = await shop.subscribe("honest", small);
    expect(await shop.readCredits("honest")).toEqual({ given: 500, available: 500, debt: 0 });
    await shop.change(subscriptionId, { plan: large });
    expect(await shop.readCredits("honest")).toEqual({ given: 1_000, available: 1_000, debt: 0 });
    await shop.change(subscriptionId, { plan: small });
    expect(await shop.readCredits("honest")).toEqual({ given: 500, available: 500, debt: 0 });
  });

  it("takes what was spent as debt, which the next upgrade repays", async () => {
    const subscriptionId = await shop.subscribe("spender", small);
    await shop.change(subscriptionId, { plan: large });
    await shop.spend("spender", 1_000);
    await shop.change(subscriptionId, { plan: small });
    expect(await shop.readCredits("spender")).toEqual({ given: 500, available: 0, debt: 500 });
    await shop.change(subscriptionId, { plan: large });
    expect(await shop.readCredits("spender")).toEqual({ given: 1_000, available: 0, debt: 0 });
  });

  it.each<[string, Billing, Behavior]>([
    ["itemized", "itemized", "always_invoice"],
    ["included", "included", "always_invoice"],
    ["classic", "classic", "always_invoice"],
    ["pending", "itemized", "create_prorations"],
    ["not prorated", "classic", "none"],
  ])("gains nothing in ten rounds that are %s", async (name, billing, behavior) => {
    const userId = `looper ${name}`;
    const subscriptionId = await shop.subscribe(userId, small, { billing });
    for (let round = 0; round < 10; round += 1) {
      await shop.change(subscriptionId, { plan: large, behavior });
      await shop.change(subscriptionId, { plan: small, behavior });
    }
    await shop.renew();
    expect((await shop.readCredits(userId)).given).toBe(1_000);
  });

  it("takes what a plan gave that is left for one without credits, and gives it again for the way back", async () => {
    const subscriptionId = await shop.subscribe("supporter", small);
    await shop.change(subscriptionId, { plan: support });
    expect((await shop.readCredits("supporter")).given).toBe(0);
    await shop.change(subscriptionId, { plan: small });
    expect((await shop.readCredits("supporter")).given).toBe(500);
  });

  it("takes what a never paid upgrade was worth when that is credited, and the balance buys it again", async () => {
    const subscriptionId = await shop.subscribe("void", small);
    await shop.failCard(subscriptionId);
    await shop.change(subscriptionId, { plan: large });
    const open = await shop.readLatestInvoice(subscriptionId);
    expect(open).toMatchObject({ status: "open", amount_due: 1_900 });
    expect((await shop.readCredits("void")).given).toBe(500);
    await shop.stripe.invoices.voidInvoice(open.id ?? "");
    await shop.change(subscriptionId, { plan: small });
    expect(await shop.readLatestInvoice(subscriptionId)).toMatchObject({ total: -1_900, status: "paid" });
    expect((await shop.readCredits("void")).given).toBe(0);
    await shop.renew();
    expect((await shop.readCredits("void")).given).toBe(500);
  });
});
