import type { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { idOf } from "../objects/store/store.ts";
import { errorOf, startKit, type Kit } from "../testing/kit.ts";
import { eventsSince, eventTypesSince, lastEventId } from "../testing/payments.ts";
import { invoicesOf, renew, reload, subscribe, type Subscribed } from "../testing/subscriptions.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

const FAILING = "4000000000000341";

type Noted = Subscribed & { invoice: string };

/** A paid invoice of 20 USD. */
async function paidInvoice(): Promise<Noted> {
  const subscribed = await subscribe(kit);
  return { ...subscribed, invoice: idOf(subscribed.session.invoice) ?? "" };
}

/** An open invoice of 20 USD, whose card has failed; the balance may have paid a part of it. */
async function openInvoice({ balance = 0 } = {}): Promise<Noted> {
  const subscribed = await subscribe(kit);
  await kit.control(`subscriptions/${subscribed.subscriptionId}/payment_method`, { card: FAILING });
  if (balance !== 0) {
    const change = { amount: balance, currency: "usd" };
    await kit.stripe.customers.createBalanceTransaction(subscribed.customerId, change);
  }
  await renew(kit, subscribed);
  return { ...subscribed, invoice: (await invoicesOf(kit, subscribed)).at(-1)?.id ?? "" };
}

async function credit(params: Stripe.CreditNoteCreateParams): Promise<Stripe.CreditNote> {
  return kit.stripe.creditNotes.create(params);
}

async function refusal(params: Stripe.CreditNoteCreateParams): Promise<Stripe.errors.StripeError> {
  return errorOf(credit(params));
}

async function read(id: string): Promise<Stripe.Invoice> {
  return kit.stripe.invoices.retrieve(id);
}

async function chargeOf(id: string): Promise<Stripe.Charge> {
  const { data } = await kit.stripe.invoicePayments.list({ invoice: id });
  const { latest_charge } = await kit.stripe.paymentIntents.retrieve(
    idOf(data[0]?.payment.payment_intent) ?? "",
  );
  return kit.stripe.charges.retrieve(idOf(latest_charge) ?? "");
}

// https://docs.stripe.com/api/credit_notes/create
describe("a credit note on a paid invoice", () => {
  it("refunds, credits the balance and is settled elsewhere, all at once", async () => {
    const { invoice, customerId } = await paidInvoice();
    const before = await lastEventId(kit);
    const note = await credit({
      invoice,
      amount: 900,
      refund_amount: 200,
      credit_amount: 300,
      out_of_band_amount: 400,
      reason: "order_change",
      memo: "Less",
      metadata: { case: "1" },
    });
    expect(note).toMatchObject({
      id: expect.stringMatching(/^cn_\w{24}$/),
      object: "credit_note",
      type: "post_payment",
      status: "issued",
      amount: 900,
      pre_payment_amount: 0,
      post_payment_amount: 900,
      out_of_band_amount: 400,
      refunds: [{ amount_refunded: 200, type: "refund" }],
      customer: customerId,
      reason: "order_change",
      memo: "Less",
      metadata: { case: "1" },
      voided_at: null,
    });
    expect(note.number).toBe(`${(await read(invoice)).number}-CN-01`);
    expect(await chargeOf(invoice)).toMatchObject({ amount_refunded: 200 });
    expect(await kit.stripe.customers.retrieve(customerId)).toMatchObject({ balance: -300 });
    expect(await read(invoice)).toMatchObject({
      status: "paid",
      amount_due: 2000,
      amount_paid: 2000,
      post_payment_credit_notes_amount: 900,
      pre_payment_credit_notes_amount: 0,
    });
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "refund.created", data: { object: { amount: 200 } } },
      { type: "charge.refunded" },
      { type: "refund.updated" },
      { type: "charge.refund.updated" },
      { type: "customer.updated", data: { previous_attributes: { balance: 0 } } },
      { type: "credit_note.created", data: { object: { id: note.id, post_payment_amount: 900 } } },
      {
        type: "invoice.updated",
        data: { previous_attributes: { post_payment_credit_notes_amount: 0 } },
      },
    ]);
  });

  it("names what it made", async () => {
    const { invoice } = await paidInvoice();
    const { id } = await credit({ invoice, amount: 500, refund_amount: 200, credit_amount: 300 });
    const expand = ["invoice", "customer_balance_transaction", "refunds.refund"];
    expect(await kit.stripe.creditNotes.retrieve(id, { expand })).toMatchObject({
      invoice: { id: invoice },
      customer_balance_transaction: { type: "credit_note", amount: -300, credit_note: id, invoice },
      refunds: [{ refund: { object: "refund", amount: 200, status: "succeeded" } }],
    });
  });

  it("links refunds that were made before, each once", async () => {
    const { invoice } = await paidInvoice();
    const { id: charge } = await chargeOf(invoice);
    const { id: refund } = await kit.stripe.refunds.create({ charge, amount: 500 });
    const part = await credit({ invoice, amount: 200, refunds: [{ refund, amount_refunded: 200 }] });
    expect(part.refunds).toMatchObject([{ refund, amount_refunded: 200 }]);
    const tooMuch = await refusal({ invoice, amount: 500, refunds: [{ refund, amount_refunded: 500 }] });
    expect(tooMuch).toMatchObject({ param: "refunds[0]" });
    const rest = await credit({ invoice, amount: 300, refunds: [{ refund }] });
    expect(rest).toMatchObject({ post_payment_amount: 300, refunds: [{ amount_refunded: 300 }] });
    expect(await chargeOf(invoice)).toMatchObject({ amount_refunded: 500 });
    expect(await refusal({ invoice, amount: 1, refunds: [{ refund }] })).toMatchObject({
      param: "refunds[0]",
    });
  });

  it("is refused a refund of another payment, or one that failed", async () => {
    const [{ invoice }, other] = [await paidInvoice(), await paidInvoice()];
    const foreign = await kit.stripe.refunds.create({ charge: (await chargeOf(other.invoice)).id });
    expect(await refusal({ invoice, amount: 2000, refunds: [{ refund: foreign.id }] })).toMatchObject({
      param: "refunds[0]",
    });
    const failed = await kit.stripe.refunds.create({ charge: (await chargeOf(invoice)).id, amount: 100 });
    await kit.control(`refunds/${failed.id}/fail`, { reason: "declined" });
    expect(await refusal({ invoice, amount: 100, refunds: [{ refund: failed.id }] })).toMatchObject({
      param: "refunds[0]",
    });
    expect(await refusal({ invoice, amount: 100, refunds: [{ refund: "re_no" }] })).toMatchObject({
      code: "resource_missing",
    });
  });

  it("is refused if its parts do not add up to it", async () => {
    const { invoice } = await paidInvoice();
    for (const parts of [{}, { credit_amount: 499 }, { refund_amount: 300, out_of_band_amount: 201 }]) {
      expect((await refusal({ invoice, amount: 500, ...parts })).message).toMatch(/must equal/);
    }
    expect(await chargeOf(invoice)).toMatchObject({ amount_refunded: 0 });
    expect((await kit.stripe.creditNotes.list({ invoice })).data).toEqual([]);
  });

  it("is refused more than is left after other notes and refunds", async () => {
    const { invoice } = await paidInvoice();
    await credit({ invoice, amount: 500, credit_amount: 500 });
    await credit({ invoice, amount: 100, refund_amount: 100 });
    await kit.stripe.refunds.create({ charge: (await chargeOf(invoice)).id, amount: 300 });
    const tooMuch = await refusal({ invoice, amount: 1101, out_of_band_amount: 1101 });
    expect(tooMuch).toMatchObject({ param: "amount" });
    expect(await credit({ invoice, amount: 1100, out_of_band_amount: 1100 })).toMatchObject({ amount: 1100 });
    expect(await refusal({ invoice, amount: 1, out_of_band_amount: 1 })).toMatchObject({ param: "amount" });
  });

  it("is refused a refund of what the balance paid", async () => {
    const subscribed = await subscribe(kit);
    const change = { amount: -2000, currency: "usd" };
    await kit.stripe.customers.createBalanceTransaction(subscribed.customerId, change);
    await renew(kit, subscribed);
    const invoice = (await invoicesOf(kit, subscribed)).at(-1)?.id ?? "";
    expect(await refusal({ invoice, amount: 500, refund_amount: 500 })).toMatchObject({
      param: "refund_amount",
    });
    expect(await credit({ invoice, amount: 500, credit_amount: 500 })).toMatchObject({ amount: 500 });
    expect(await kit.stripe.customers.retrieve(subscribed.customerId)).toMatchObject({ balance: -500 });
  });

  // https://docs.stripe.com/api/credit_notes/void
  it("stays issued", async () => {
    const { invoice } = await paidInvoice();
    const { id } = await credit({ invoice, amount: 500, credit_amount: 500 });
    expect((await errorOf(kit.stripe.creditNotes.voidCreditNote(id))).message).toMatch(/invoice is open/);
    expect(await kit.stripe.creditNotes.retrieve(id)).toMatchObject({ status: "issued" });
  });
});

// https://docs.stripe.com/invoicing/dashboard/credit-notes
describe("a credit note on an open invoice", () => {
  it("lowers what remains to be paid, and what is charged", async () => {
    const { invoice, subscriptionId } = await openInvoice();
    const before = await lastEventId(kit);
    const note = await credit({ invoice, amount: 500 });
    expect(note).toMatchObject({ type: "pre_payment", pre_payment_amount: 500, post_payment_amount: 0 });
    expect(await read(invoice)).toMatchObject({
      status: "open",
      total: 2000,
      amount_due: 1500,
      amount_remaining: 1500,
      pre_payment_credit_notes_amount: 500,
    });
    expect(await eventTypesSince(kit, before)).toEqual(["credit_note.created", "invoice.updated"]);
    await kit.control(`subscriptions/${subscriptionId}/payment_method`, { card: "4242424242424242" });
    expect(await kit.stripe.invoices.pay(invoice)).toMatchObject({ status: "paid", amount_paid: 1500 });
    expect(await chargeOf(invoice)).toMatchObject({ amount: 1500, paid: true });
    expect((await kit.stripe.invoicePayments.list({ invoice })).data).toMatchObject([
      { status: "paid", amount_paid: 1500, amount_requested: 1500 },
    ]);
  });

  it("for all that remains makes it paid, with nothing charged", async () => {
    const subscribed = await openInvoice();
    const { invoice } = subscribed;
    const before = await lastEventId(kit);
    const { id } = await credit({ invoice, amount: 2000 });
    expect(await read(invoice)).toMatchObject({
      status: "paid",
      amount_due: 0,
      amount_paid: 0,
      amount_remaining: 0,
      pre_payment_credit_notes_amount: 2000,
    });
    expect(await eventTypesSince(kit, before)).toEqual([
      "credit_note.created",
      "invoice.updated",
      "payment_intent.canceled",
      "invoice.paid",
      "invoice.payment_succeeded",
      "customer.updated",
      "customer.subscription.updated",
    ]);
    expect((await reload(kit, subscribed)).status).toBe("active");
    expect((await kit.stripe.invoicePayments.list({ invoice })).data).toMatchObject([{ status: "canceled" }]);
    expect((await errorOf(kit.stripe.creditNotes.voidCreditNote(id))).message).toMatch(/invoice is paid/);
  });

  it("restores what it took off when it is voided", async () => {
    const { invoice } = await openInvoice();
    const { id } = await credit({ invoice, amount: 500 });
    const before = await lastEventId(kit);
    const voided = await kit.stripe.creditNotes.voidCreditNote(id);
    expect(voided).toMatchObject({ status: "void", voided_at: expect.any(Number) });
    expect(await read(invoice)).toMatchObject({
      status: "open",
      amount_due: 2000,
      amount_remaining: 2000,
      pre_payment_credit_notes_amount: 0,
    });
    expect(await eventTypesSince(kit, before)).toEqual(["credit_note.voided", "invoice.updated"]);
    expect((await kit.stripe.invoicePayments.list({ invoice })).data).toMatchObject([
      { amount_requested: 2000 },
    ]);
    expect((await errorOf(kit.stripe.creditNotes.voidCreditNote(id))).message).toMatch(/already void/);
    expect(await credit({ invoice, amount: 2000 })).toMatchObject({ pre_payment_amount: 2000 });
  });

  it("gives back what the balance has paid once nothing remains", async () => {
    const { invoice, customerId } = await openInvoice({ balance: -600 });
    expect(await read(invoice)).toMatchObject({ amount_remaining: 1400 });
    expect((await refusal({ invoice, amount: 1500 })).message).toMatch(/must equal/);
    expect(await credit({ invoice, amount: 1500, credit_amount: 100 })).toMatchObject({
      type: "mixed",
      pre_payment_amount: 1400,
      post_payment_amount: 100,
    });
    expect(await read(invoice)).toMatchObject({
      status: "paid",
      amount_paid: 0,
      pre_payment_credit_notes_amount: 1400,
      post_payment_credit_notes_amount: 100,
    });
    expect(await kit.stripe.customers.retrieve(customerId)).toMatchObject({ balance: -100 });
  });

  it("is refused a refund of what nobody has paid", async () => {
    const { invoice } = await openInvoice();
    expect((await refusal({ invoice, amount: 500, refund_amount: 500 })).message).toMatch(/must equal/);
  });
});

describe("a credit note by lines", () => {
  it("credits an amount or a quantity of an invoice's line, or something of its own", async () => {
    const { invoice } = await paidInvoice();
    const { lines } = await read(invoice);
    const id = lines.data[0]?.id ?? "";
    const note = await credit({
      invoice,
      lines: [
        { type: "invoice_line_item", invoice_line_item: id, amount: 700 },
        { type: "custom_line_item", description: "Sorry", quantity: 2, unit_amount: 50 },
      ],
      credit_amount: 800,
    });
    expect(note.amount).toBe(800);
    expect(note.lines.data).toMatchObject([
      { object: "credit_note_line_item", type: "invoice_line_item", invoice_line_item: id, amount: 700 },
      { type: "custom_line_item", description: "Sorry", amount: 100, quantity: 2, unit_amount: 50 },
    ]);
    expect((await kit.stripe.creditNotes.listLineItems(note.id, { limit: 1 })).has_more).toBe(true);
  });

  it("credits the whole line by its quantity, and no more than that", async () => {
    const { invoice } = await paidInvoice();
    const { lines } = await read(invoice);
    const line = { type: "invoice_line_item", invoice_line_item: lines.data[0]?.id ?? "" } as const;
    const all = { invoice, lines: [{ ...line, quantity: 1 }], credit_amount: 2000 };
    expect(await refusal({ ...all, lines: [{ ...line, amount: 2001 }] })).toMatchObject({
      param: "lines[0]",
    });
    expect(await credit(all)).toMatchObject({ amount: 2000 });
    expect(await refusal({ ...all, lines: [{ ...line, amount: 1 }] })).toMatchObject({ param: "lines[0]" });
  });

  it("is refused without lines and amount, with both, and with a line of another invoice", async () => {
    const [{ invoice }, other] = [await paidInvoice(), await paidInvoice()];
    const foreign = (await read(other.invoice)).lines.data[0]?.id ?? "";
    const custom = { type: "custom_line_item", description: "Sorry", unit_amount: 5 } as const;
    expect(await refusal({ invoice })).toMatchObject({ code: "parameter_missing" });
    expect(await refusal({ invoice, amount: 5, lines: [custom] })).toMatchObject({
      code: "parameters_exclusive",
    });
    const line = { type: "invoice_line_item", invoice_line_item: foreign, amount: 5 } as const;
    expect(await refusal({ invoice, lines: [line], credit_amount: 5 })).toMatchObject({
      code: "resource_missing",
    });
  });
});

describe("credit notes", () => {
  it("adjust only invoices that are open or paid", async () => {
    const { invoice } = await openInvoice();
    await kit.stripe.invoices.voidInvoice(invoice);
    expect((await refusal({ invoice, amount: 1 })).message).toMatch(/This invoice is void/);
    const subscribed = await subscribe(kit);
    const end = (await reload(kit, subscribed)).items.data[0]?.current_period_end ?? 0;
    await kit.control("clock", { now: end });
    const draft = (await invoicesOf(kit, subscribed)).at(-1)?.id ?? "";
    expect((await refusal({ invoice: draft, amount: 1 })).message).toMatch(/This invoice is draft/);
    expect(await refusal({ invoice: "in_no", amount: 1 })).toMatchObject({ code: "resource_missing" });
  });

  it("are listed by invoice, newest first, in pages", async () => {
    const [{ invoice, customerId }, other] = [await paidInvoice(), await paidInvoice()];
    await credit({ invoice: other.invoice, amount: 1, credit_amount: 1 });
    const ids: string[] = [];
    for (const amount of [1, 2, 3]) {
      ids.unshift((await credit({ invoice, amount, credit_amount: amount })).id);
    }
    const first = await kit.stripe.creditNotes.list({ invoice, limit: 2 });
    expect(first).toMatchObject({ has_more: true, data: [{ id: ids[0] }, { id: ids[1] }] });
    const all: string[] = [];
    for await (const { id } of kit.stripe.creditNotes.list({ invoice, limit: 2 })) all.push(id);
    expect(all).toEqual(ids);
    expect((await kit.stripe.creditNotes.list({ customer: customerId })).data).toHaveLength(3);
    expect((await kit.stripe.creditNotes.list()).data).toHaveLength(4);
  });

  it("change their memo and metadata, and nothing else", async () => {
    const { invoice } = await paidInvoice();
    const { id } = await credit({ invoice, amount: 5, credit_amount: 5 });
    const before = await lastEventId(kit);
    const changed = await kit.stripe.creditNotes.update(id, { memo: "Sorry", metadata: { case: "1" } });
    expect(changed).toMatchObject({ memo: "Sorry", metadata: { case: "1" }, status: "issued" });
    expect(await eventsSince(kit, before)).toMatchObject([
      { type: "credit_note.updated", data: { previous_attributes: { memo: null } } },
    ]);
    expect(await errorOf(kit.stripe.creditNotes.retrieve("cn_no"))).toMatchObject({ statusCode: 404 });
  });
});
