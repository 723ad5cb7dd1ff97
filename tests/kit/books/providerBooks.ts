import { Stripe } from "stripe";
import { readCredited, readWithdrawn } from "../../money/law/provider/money.ts";

/** What came in for one payment, and what of it went back, in minor units. `settled`: the money came, or none was due. */
export interface Money {
  currency: string;
  settled: boolean;
  received: number;
  refunded: number;
  chargedBack: number;
  /** What the customer's balance paid beside it. */
  fromBalance: number;
  /** What credit notes gave back otherwise than by a refund, and what they took off before anybody paid. */
  credited: number;
  forgiven: number;
}

export const noMoney = {
  received: 0,
  refunded: 0,
  chargedBack: 0,
  fromBalance: 0,
  credited: 0,
  forgiven: 0,
} as const;

/** Money by the id our payment of it has. */
export type Books = Map<string, Money>;

/** A merchant's account at Stripe, and which of its money is ours. */
export interface Merchant {
  stripe: Stripe;
  projectId: string;
}

type Metadata = Stripe.Metadata | null | undefined;

/**
 * All money of this project as Stripe holds it, or of what was made there since a moment: its payment intents, the
 * invoices of its recurring subscriptions, and the orders that were free.
 */
export async function readProviderBooks(merchant: Merchant, sinceSeconds = 0): Promise<Books> {
  const { stripe } = merchant;
  const page = { created: { gte: sinceSeconds }, limit: 100 };
  const [books, intents]: [Books, Intents] = [new Map(), new Map()];
  for await (const intent of stripe.paymentIntents.list({ ...page, expand: ["data.latest_charge"] })) {
    intents.set(intent.id, intent);
    if (isOurs(merchant, intent.metadata)) books.set(toPaymentId(intent), await toMoney(merchant, intent));
  }
  for await (const invoice of stripe.invoices.list({ ...page, expand: ["data.payments"] })) {
    if (isOurs(merchant, toSubscriptionMetadata(invoice)))
      books.set(toPaymentId(invoice), await toInvoiceMoney(merchant, invoice, intents));
  }
  for await (const session of stripe.checkout.sessions.list(page)) {
    if (isOurs(merchant, session.metadata) && isFree(session))
      books.set(toPaymentId(session), toFree(session));
  }
  return books;
}

/** What Stripe holds of one of our payments; undefined if it has no such money of this project. */
export async function readProviderMoney(merchant: Merchant, paymentId: string): Promise<Money | undefined> {
  try {
    return await retrieveMoney(merchant, paymentId.replace(/^stripe_/, ""));
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "resource_missing")
      return undefined;
    throw error;
  }
}

async function retrieveMoney(merchant: Merchant, id: string): Promise<Money | undefined> {
  const { stripe } = merchant;
  if (id.startsWith("pi_")) {
    const intent = await retrieveIntent(merchant, id);
    return isOurs(merchant, intent.metadata) ? await toMoney(merchant, intent) : undefined;
  }
  if (id.startsWith("in_")) {
    const invoice = await stripe.invoices.retrieve(id, { expand: ["payments"] });
    return isOurs(merchant, toSubscriptionMetadata(invoice))
      ? await toInvoiceMoney(merchant, invoice, new Map())
      : undefined;
  }
  const session = await stripe.checkout.sessions.retrieve(id);
  return isOurs(merchant, session.metadata) && isFree(session) ? toFree(session) : undefined;
}

type Intents = Map<string, Stripe.PaymentIntent>;

function isOurs({ projectId }: Merchant, metadata: Metadata): boolean {
  return metadata?.["gatewayProject"] === projectId;
}

function isFree({ mode, status, payment_status }: Stripe.Checkout.Session): boolean {
  return mode === "payment" && status === "complete" && payment_status === "no_payment_required";
}

function toFree({ currency }: Stripe.Checkout.Session): Money {
  return { ...noMoney, currency: currency ?? "", settled: true };
}

async function toMoney(merchant: Merchant, intent: Stripe.PaymentIntent): Promise<Money> {
  const { latest_charge: charge, currency, status, amount_received: received } = intent;
  const settled = status === "succeeded";
  if (typeof charge !== "object" || charge === null) return { ...noMoney, currency, settled, received };
  const chargedBack = charge.disputed ? await readWithdrawn(merchant, charge) : 0;
  return { ...noMoney, currency, settled, received, refunded: charge.amount_refunded, chargedBack };
}

async function toInvoiceMoney(merchant: Merchant, invoice: Stripe.Invoice, known: Intents): Promise<Money> {
  const { currency, amount_paid: received, status } = invoice;
  const credited = await readCredited(merchant, invoice);
  const forgiven = invoice.pre_payment_credit_notes_amount;
  const fromBalance = status === "paid" ? Math.max(0, invoice.total - received - forgiven) : 0;
  const others = { fromBalance, credited, forgiven };
  const total: Money = { ...noMoney, ...others, currency, settled: status === "paid", received };
  for (const { payment } of invoice.payments?.data ?? []) {
    const id = typeof payment.payment_intent === "string" ? payment.payment_intent : undefined;
    if (id === undefined) continue;
    const { refunded, chargedBack } = await toMoney(
      merchant,
      known.get(id) ?? (await retrieveIntent(merchant, id)),
    );
    total.refunded += refunded;
    total.chargedBack += chargedBack;
  }
  return total;
}

async function retrieveIntent({ stripe }: Merchant, id: string): Promise<Stripe.PaymentIntent> {
  return await stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] });
}

function toSubscriptionMetadata({ parent }: Stripe.Invoice): Metadata {
  return parent?.subscription_details?.metadata;
}

function toPaymentId({ id }: { id?: string }): string {
  return `stripe_${id}`;
}
