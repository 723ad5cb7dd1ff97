import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventsSince, lastEventId } from "../testing/payments.ts";
import { createPrice } from "../testing/shop.ts";
import { invoicesOf, reload, renew, subscribe, type Subscribed } from "../testing/subscriptions.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

async function createCustomer(): Promise<string> {
  return (await kit.stripe.customers.create({ email: "balance@example.com" })).id;
}

async function balanceOf(customerId: string): Promise<number | undefined> {
  const customer = await kit.stripe.customers.retrieve(customerId);
  return customer.deleted ? undefined : customer.balance;
}

/** Type and amount of what changed a balance, oldest first. */
async function changesOf(customerId: string): Promise<[string, number][]> {
  const { data } = await kit.stripe.customers.listBalanceTransactions(customerId, { limit: 100 });
  return data.toReversed().map(({ type, amount }) => [type, amount]);
}

/** Subscribes, and lets the next renewal find that balance. */
async function renewWithBalance(amount: number): Promise<Subscribed> {
  const subscribed = await subscribe(kit);
  await kit.stripe.customers.createBalanceTransaction(subscribed.customerId, { amount, currency: "usd" });
  await renew(kit, subscribed);
  return subscribed;
}

/** An open renewal of 20 USD, of which the balance has paid 5 and the card nothing. */
async function failWithBalance(): Promise<{ subscribed: Subscribed; invoiceId: string }> {
  const subscribed = await subscribe(kit);
  const { customerId, subscriptionId } = subscribed;
  await kit.control(`subscriptions/${subscriptionId}/payment_method`, { card: "4000000000000341" });
  await kit.stripe.customers.createBalanceTransaction(customerId, { amount: -500, currency: "usd" });
  await renew(kit, subscribed);
  return { subscribed, invoiceId: (await invoicesOf(kit, subscribed)).at(-1)?.id ?? "" };
}

// https://docs.stripe.com/api/customer_balance_transactions/create
describe("an adjustment of a customer's balance", () => {
  it("credits with a negative amount, and says what the balance is then", async () => {
    const customer = await createCustomer();
    const before = await lastEventId(kit);
    const adjust = { amount: -500, currency: "usd", description: "Sorry", metadata: { case: "1" } };
    const { id } = await kit.stripe.customers.createBalanceTransaction(customer, adjust);
    await kit.stripe.customers.createBalanceTransaction(customer, { amount: 200, currency: "usd" });
    expect(await kit.stripe.customers.retrieveBalanceTransaction(customer, id)).toMatchObject({
      id: expect.stringMatching(/^cbtxn_\w{24}$/),
      object: "customer_balance_transaction",
      type: "adjustment",
      amount: -500,
      ending_balance: -500,
      description: "Sorry",
      metadata: { case: "1" },
      invoice: null,
      credit_note: null,
    });
    expect(await kit.stripe.customers.retrieve(customer)).toMatchObject({ balance: -300, currency: "usd" });
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "customer.updated", data: { previous_attributes: { balance: 0 } } },
      { type: "customer.updated", data: { previous_attributes: { balance: -500 } } },
    ]);
  });

  it("is refused in another currency, without an amount, and for nobody", async () => {
    const customer = await createCustomer();
    const { customers } = kit.stripe;
    await customers.createBalanceTransaction(customer, { amount: -500, currency: "usd" });
    const euros = customers.createBalanceTransaction(customer, { amount: -500, currency: "eur" });
    expect(await errorOf(euros)).toMatchObject({ param: "currency", statusCode: 400 });
    const nobody = customers.createBalanceTransaction("cus_no", { amount: -500, currency: "usd" });
    expect(await errorOf(nobody)).toMatchObject({ code: "resource_missing", statusCode: 404 });
    const nothing = kit.stripe.rawRequest("POST", `/v1/customers/${customer}/balance_transactions`, {
      currency: "usd",
    });
    expect(await errorOf(nothing)).toMatchObject({ code: "parameter_missing", param: "amount" });
    expect(await balanceOf(customer)).toBe(-500);
  });

  it("is found only at its customer, and listed newest first in pages", async () => {
    const [customer, other] = [await createCustomer(), await createCustomer()];
    const ids: string[] = [];
    for (const amount of [-1, -2, -3]) {
      const made = await kit.stripe.customers.createBalanceTransaction(customer, { amount, currency: "usd" });
      ids.unshift(made.id);
    }
    const first = await kit.stripe.customers.listBalanceTransactions(customer, { limit: 2 });
    expect(first).toMatchObject({ has_more: true, data: [{ id: ids[0] }, { id: ids[1] }] });
    const rest = { starting_after: ids[1] ?? "" };
    expect(await kit.stripe.customers.listBalanceTransactions(customer, rest)).toMatchObject({
      has_more: false,
      data: [{ id: ids[2] }],
    });
    expect((await kit.stripe.customers.listBalanceTransactions(other)).data).toEqual([]);
    const stranger = kit.stripe.customers.retrieveBalanceTransaction(other, ids[0] ?? "");
    expect(await errorOf(stranger)).toMatchObject({ code: "resource_missing", statusCode: 404 });
  });
});

// https://docs.stripe.com/billing/customer/balance#types
describe("a balance that an invoice uses", () => {
  it("pays a part of it, and the card the rest", async () => {
    const subscribed = await renewWithBalance(-500);
    const invoice = (await invoicesOf(kit, subscribed)).at(-1);
    expect(invoice).toMatchObject({
      status: "paid",
      total: 2000,
      amount_due: 1500,
      amount_paid: 1500,
      starting_balance: -500,
      ending_balance: 0,
    });
    expect(await changesOf(subscribed.customerId)).toEqual([
      ["adjustment", -500],
      ["applied_to_invoice", 500],
    ]);
    const { customerId } = subscribed;
    const ofInvoice = await kit.stripe.customers.listBalanceTransactions(customerId, {
      invoice: invoice?.id ?? "",
      expand: ["data.invoice"],
    });
    expect(ofInvoice.data).toMatchObject([
      { type: "applied_to_invoice", ending_balance: 0, invoice: { id: invoice?.id } },
    ]);
  });

  // Source: https://docs.stripe.com/api/invoices/object#invoice_object-starting_balance
  it("is shown as it was when the invoice was finalized, not when that was a draft", async () => {
    const subscribed = await subscribe(kit);
    const [item] = (await reload(kit, subscribed)).items.data;
    await kit.control("clock", { now: item?.current_period_end });
    const { id = "", ...draft } = (await invoicesOf(kit, subscribed)).at(-1) ?? {};
    expect(draft).toMatchObject({ status: "draft", starting_balance: 0 });
    const filled = { amount: -500, currency: "usd" };
    await kit.stripe.customers.createBalanceTransaction(subscribed.customerId, filled);
    expect(await kit.stripe.invoices.finalizeInvoice(id)).toMatchObject({
      amount_due: 1_500,
      starting_balance: -500,
      ending_balance: 0,
    });
  });

  it("pays all of it, and keeps the rest", async () => {
    const subscribed = await renewWithBalance(-2500);
    const invoice = (await invoicesOf(kit, subscribed)).at(-1);
    expect(invoice).toMatchObject({ status: "paid", amount_due: 0, amount_paid: 0, ending_balance: -500 });
    expect(await balanceOf(subscribed.customerId)).toBe(-500);
  });

  it("is paid with the invoice if it owes", async () => {
    const subscribed = await renewWithBalance(300);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ total: 2000, amount_paid: 2300 });
    expect((await changesOf(subscribed.customerId)).at(-1)).toEqual(["applied_to_invoice", -300]);
  });

  it("takes over what is too small to charge", async () => {
    const subscribed = await renewWithBalance(-1980);
    expect((await invoicesOf(kit, subscribed)).at(-1)).toMatchObject({ status: "paid", amount_paid: 0 });
    expect(await changesOf(subscribed.customerId)).toEqual([
      ["adjustment", -1980],
      ["applied_to_invoice", 1980],
      ["invoice_too_small", 20],
    ]);
    expect(await balanceOf(subscribed.customerId)).toBe(20);
  });

  it("takes what a downgrade gives back", async () => {
    const subscribed = await subscribe(kit);
    const cheaper = await createPrice(kit.stripe, { unit_amount: 1000, recurring: { interval: "month" } });
    const { items } = await reload(kit, subscribed);
    await kit.stripe.subscriptions.update(subscribed.subscriptionId, {
      items: [{ id: items.data[0]?.id ?? "", price: cheaper.id }],
      proration_behavior: "always_invoice",
    });
    expect(await changesOf(subscribed.customerId)).toEqual([["applied_to_invoice", -1000]]);
    expect(await balanceOf(subscribed.customerId)).toBe(-1000);
  });
});

// https://docs.stripe.com/changelog/2019-12-03/customer-balances-returned-voided-invoices
describe("the balance that an open invoice has used", () => {
  it("is given back when the invoice is voided", async () => {
    const { subscribed, invoiceId } = await failWithBalance();
    expect(await balanceOf(subscribed.customerId)).toBe(0);
    await kit.stripe.invoices.voidInvoice(invoiceId);
    expect(await changesOf(subscribed.customerId)).toEqual([
      ["adjustment", -500],
      ["applied_to_invoice", 500],
      ["unapplied_from_invoice", -500],
    ]);
    expect(await balanceOf(subscribed.customerId)).toBe(-500);
  });

  it("stays used when the invoice is uncollectible", async () => {
    const { subscribed, invoiceId } = await failWithBalance();
    await kit.stripe.invoices.markUncollectible(invoiceId);
    expect(await balanceOf(subscribed.customerId)).toBe(0);
  });
});
