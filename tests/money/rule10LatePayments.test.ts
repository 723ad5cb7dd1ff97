import type { Stripe } from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 10: an invoice gives its credits when it is paid, however late, and nothing as long as it is not. */
describe("rule 10: late payments", () => {
  let shop: MoneyShop;
  let plan: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
  });

  afterAll(async () => await shop.close());

  /** A renewal that could not be collected; the card works again. */
  async function leaveOpen(userId: string): Promise<{ subscriptionId: string; invoice: Stripe.Invoice }> {
    const subscriptionId = await shop.subscribe(userId, plan);
    await shop.failCard(subscriptionId);
    await shop.renew();
    expect((await shop.readCredits(userId)).given).toBe(500);
    await shop.repairCard(subscriptionId);
    return { subscriptionId, invoice: await shop.readLatestInvoice(subscriptionId) };
  }

  it("gives nothing for a voided invoice", async () => {
    const { invoice } = await leaveOpen("voided");
    await shop.stripe.invoices.voidInvoice(invoice.id ?? "");
    expect((await shop.readCredits("voided")).given).toBe(500);
  });

  it("gives an uncollectible invoice's credits if it is paid all the same", async () => {
    const { invoice } = await leaveOpen("uncollectible");
    await shop.stripe.invoices.markUncollectible(invoice.id ?? "");
    expect((await shop.readCredits("uncollectible")).given).toBe(500);
    await shop.stripe.invoices.pay(invoice.id ?? "");
    expect((await shop.readCredits("uncollectible")).given).toBe(1_000);
  });

  it("gives them after the subscription has ended", async () => {
    const { subscriptionId, invoice } = await leaveOpen("late");
    await shop.stripe.subscriptions.cancel(subscriptionId);
    expect((await shop.readCredits("late")).given).toBe(500);
    await shop.stripe.invoices.pay(invoice.id ?? "");
    expect((await shop.readCredits("late")).given).toBe(1_000);
  });
});
