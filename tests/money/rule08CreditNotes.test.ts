import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 8: what a credit note gives back was not paid, however it goes back. https://docs.stripe.com/invoicing/dashboard/credit-notes */
describe("rule 8: credit notes", () => {
  let shop: MoneyShop;
  let plan: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
  });

  afterAll(async () => await shop.close());

  it.each<[string, { credit_amount?: number; out_of_band_amount?: number; refund_amount?: number }]>([
    ["the balance", { credit_amount: 950 }],
    ["the buyer outside Stripe", { out_of_band_amount: 950 }],
    ["the card, once", { refund_amount: 950 }],
    ["balance and card", { credit_amount: 450, refund_amount: 500 }],
  ])("take the share back that goes to %s", async (name, to) => {
    const subscriptionId = await shop.subscribe(name, plan);
    const { id } = await shop.readLatestInvoice(subscriptionId);
    await shop.stripe.creditNotes.create({ invoice: id ?? "", amount: 950, ...to });
    expect((await shop.readCredits(name)).given).toBe(250);
  });

  it("to the balance buy their credits again with the next invoice, and no more", async () => {
    const subscriptionId = await shop.subscribe("circle", plan);
    for (let round = 0; round < 5; round += 1) {
      const { id } = await shop.readLatestInvoice(subscriptionId);
      await shop.stripe.creditNotes.create({ invoice: id ?? "", amount: 1_900, credit_amount: 1_900 });
      await shop.renew();
    }
    expect((await shop.readCredits("circle")).given).toBe(500);
    expect(await shop.readLatestInvoice(subscriptionId)).toMatchObject({ amount_paid: 0, status: "paid" });
  });

  /** A renewal that could not be collected. */
  async function leaveOpen(userId: string): Promise<{ subscriptionId: string; invoiceId: string }> {
    const subscriptionId = await shop.subscribe(userId, plan);
    await shop.failCard(subscriptionId);
    await shop.renew();
    const invoice = await shop.readLatestInvoice(subscriptionId);
    expect(invoice).toMatchObject({ status: "open", amount_remaining: 1_900 });
    await shop.repairCard(subscriptionId);
    return { subscriptionId, invoiceId: invoice.id ?? "" };
  }

  it("on an open invoice lower what it will be worth", async () => {
    const { invoiceId } = await leaveOpen("lowered");
    await shop.stripe.creditNotes.create({ invoice: invoiceId, amount: 950 });
    await shop.settle();
    await shop.stripe.invoices.pay(invoiceId);
    expect((await shop.readCredits("lowered")).given).toBe(750);
  });

  it("on an open invoice that are voided restore it", async () => {
    const { invoiceId } = await leaveOpen("restored");
    const { id } = await shop.stripe.creditNotes.create({ invoice: invoiceId, amount: 950 });
    await shop.settle();
    await shop.stripe.creditNotes.voidCreditNote(id);
    await shop.settle();
    await shop.stripe.invoices.pay(invoiceId);
    expect((await shop.readCredits("restored")).given).toBe(1_000);
  });

  it("for all that is left make an invoice paid that gives nothing", async () => {
    const { invoiceId } = await leaveOpen("forgiven");
    await shop.stripe.creditNotes.create({ invoice: invoiceId, amount: 1_900 });
    expect(await shop.stripe.invoices.retrieve(invoiceId)).toMatchObject({ status: "paid", amount_paid: 0 });
    expect((await shop.readCredits("forgiven")).given).toBe(500);
  });
});
