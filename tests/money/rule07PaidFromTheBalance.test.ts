import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toId } from "../kit/suite/harness.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 7: a refund's share is that of all that was paid, by card and from the balance. */
describe("rule 7: partly paid from the balance", () => {
  let shop: MoneyShop;
  let plan: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    plan = await shop.sell({ credits: 300, unitAmount: 2_850 });
  });

  afterAll(async () => await shop.close());

  /** A renewal of 28.50, of which 9.50 come from the balance and 19.00 from the card. */
  async function renewFromBalance(userId: string): Promise<{ invoiceId: string; intentId: string }> {
    const subscriptionId = await shop.subscribe(userId, plan);
    const { customer } = await shop.readLatestInvoice(subscriptionId);
    await shop.stripe.customers.createBalanceTransaction(toId(customer), { amount: -950, currency: "usd" });
    await shop.renew();
    const invoice = await shop.readLatestInvoice(subscriptionId);
    expect(invoice).toMatchObject({
      total: 2_850,
      amount_paid: 1_900,
      starting_balance: -950,
      ending_balance: 0,
    });
    const intent = invoice.payments?.data[0]?.payment.payment_intent;
    return { invoiceId: invoice.id ?? "", intentId: toId(intent) };
  }

  it("gives all of its credits, and says what the balance paid", async () => {
    const { invoiceId } = await renewFromBalance("payer");
    expect((await shop.readCredits("payer")).given).toBe(600);
    expect(await shop.readDocument(`payments/stripe_${invoiceId}`)).toMatchObject({
      amount: 1_900,
      amountFromBalance: 950,
    });
  });

  it.each([
    [1_900, 400],
    [950, 500],
  ])("takes a share of all that was paid for a refund of %i", async (amount, given) => {
    const userId = `refunded ${amount}`;
    const { intentId } = await renewFromBalance(userId);
    await shop.stripe.refunds.create({ payment_intent: intentId, amount });
    expect((await shop.readCredits(userId)).given).toBe(given);
  });

  it("calls a payment refunded only if the balance's part went back, too", async () => {
    const { invoiceId, intentId } = await renewFromBalance("both");
    await shop.stripe.refunds.create({ payment_intent: intentId });
    await shop.settle();
    const payment = `payments/stripe_${invoiceId}`;
    expect(await shop.readDocument(payment)).toMatchObject({ status: "partially_refunded" });
    await shop.stripe.creditNotes.create({ invoice: invoiceId, amount: 950, credit_amount: 950 });
    expect((await shop.readCredits("both")).given).toBe(300);
    expect(await shop.readDocument(payment)).toMatchObject({ status: "refunded" });
  });
});
