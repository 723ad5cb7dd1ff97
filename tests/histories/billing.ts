import type { Stripe } from "stripe";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { CARDS } from "../../local/stripe/testing/controlClient.ts";
import type { Billing, BillingStep } from "./billingSteps.ts";
import type { History } from "./history.ts";
import { atStripe, callerOf, pickOf, pickSubscription } from "./subjects.ts";

type Played<Name extends BillingStep["do"]> = Extract<BillingStep, { do: Name }>;
type Player = { [Name in BillingStep["do"]]: (history: History, step: Played<Name>) => Promise<unknown> };

export const billingPlayers: Player = {
  "change card": async (history, { subscription, failing }) => {
    const found = await pickSubscription(history, subscription);
    if (found) await setCard(history, found.id, { failing });
  },
  "change plan": async (history, { subscription, product, quantity, behavior, fails }) => {
    const found = await pickSubscription(history, subscription);
    const item = found?.items.data[0];
    if (!found || !item) return;
    const price = product === null ? {} : { price: pickOf(history.plans, product).priceId };
    if (fails) await setCard(history, found.id, { failing: true });
    await atStripe(
      history,
      async () =>
        await history.stripe.subscriptions.update(found.id, {
          items: [{ id: item.id, quantity, ...price }],
          proration_behavior: behavior,
        }),
    );
    if (fails) await setCard(history, found.id, { failing: false });
  },
  "subscribe elsewhere": subscribeElsewhere,
  discount: async (history, { subscription, coupon }) => {
    const found = await pickSubscription(history, subscription);
    if (!found) return;
    const discounts = coupon === null ? "" : [{ coupon: pickOf(history.couponIds, coupon) }];
    await atStripe(history, async () => await history.stripe.subscriptions.update(found.id, { discounts }));
  },
  "cancel now": async (history, { subscription }) => {
    const found = await pickSubscription(history, subscription);
    if (found) await atStripe(history, async () => await history.stripe.subscriptions.cancel(found.id));
  },
  "pay invoice": async (history, { subscription }) => {
    await atOpenInvoice(history, subscription, async (id) => await history.stripe.invoices.pay(id));
  },
  "end invoice": async (history, { subscription, how }) => {
    const { invoices } = history.stripe;
    await atOpenInvoice(
      history,
      subscription,
      async (id) => await (how === "void" ? invoices.voidInvoice(id) : invoices.markUncollectible(id)),
    );
  },
  credit: async (history, { invoice: index, percent, to }) => {
    const { data } = await history.stripe.invoices.list({ limit: 100 });
    const invoice = data.at(index % Math.max(1, data.length));
    if (!invoice) return;
    const { id, status } = invoice;
    const whole = status === "open" ? invoice.amount_remaining : invoice.total;
    const amount = Math.floor((whole * percent) / 100);
    const way = status === "open" ? {} : toWay(to, amount);
    await atStripe(
      history,
      async () => await history.stripe.creditNotes.create({ invoice: id, amount, ...way }),
    );
  },
  "void credit": async (history, { note }) => {
    const { data } = await history.stripe.creditNotes.list({ limit: 100 });
    const found = data.at(note % Math.max(1, data.length));
    if (found) await atStripe(history, async () => await history.stripe.creditNotes.voidCreditNote(found.id));
  },
  "fill balance": async (history, { customer, amount }) => {
    const { data } = await history.stripe.customers.list({ limit: 100 });
    const found = data.at(customer % Math.max(1, data.length));
    if (!found) return;
    const { id, currency } = found;
    const filled = { amount: -amount, currency: currency ?? "usd" };
    await atStripe(history, async () => await history.stripe.customers.createBalanceTransaction(id, filled));
  },
};

/** A merchant's own checkout with an order of ours, as one could be made without Gateway. */
async function subscribeElsewhere(
  history: History,
  { user, product, quantity, billing, coupon, currency }: Played<"subscribe elsewhere">,
): Promise<void> {
  const { productId, priceId } = pickOf(history.plansForSale, product);
  const order = { productId, quantity };
  const { sessionId } = await createPaymentSession(history.context, callerOf(history, user), order);
  await atStripe(history, async () => {
    const { metadata, customer } = await history.stripe.checkout.sessions.retrieve(sessionId);
    const { id } = await history.stripe.checkout.sessions.create({
      mode: "subscription",
      ...(typeof customer === "string" && { customer }),
      line_items: [{ price: priceId, quantity }],
      success_url: "https://app.example/",
      metadata: metadata ?? {},
      currency,
      ...(coupon !== null && { discounts: [{ coupon: pickOf(history.couponIds, coupon) }] }),
      subscription_data: { metadata: metadata ?? {}, billing_mode: toBillingMode(billing) },
    });
    await history.control.pay(id);
  });
}

export function toBillingMode(
  billing: Billing,
): Stripe.Checkout.SessionCreateParams.SubscriptionData.BillingMode {
  if (billing === "classic") return { type: "classic" };
  return { type: "flexible", flexible: { proration_discounts: billing } };
}

function toWay(
  to: Played<"credit">["to"],
  amount: number,
): Pick<Stripe.CreditNoteCreateParams, "credit_amount" | "out_of_band_amount" | "refund_amount"> {
  if (to === "balance") return { credit_amount: amount };
  return to === "card" ? { refund_amount: amount } : { out_of_band_amount: amount };
}

async function setCard(history: History, subscriptionId: string, { failing }: { failing: boolean }) {
  await history.control.setCard(subscriptionId, failing ? CARDS.failing : CARDS.good);
}

async function atOpenInvoice(
  history: History,
  subscription: number,
  work: (invoiceId: string) => Promise<unknown>,
): Promise<void> {
  const found = await pickSubscription(history, subscription);
  if (!found) return;
  const { data } = await history.stripe.invoices.list({ subscription: found.id, status: "open" });
  const [invoiceId] = data.flatMap(({ id }) => id ?? []);
  if (invoiceId !== undefined) await atStripe(history, async () => await work(invoiceId));
}
