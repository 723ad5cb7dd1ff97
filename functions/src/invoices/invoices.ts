import type { InvoiceLine, InvoiceNews, PaymentAdapter, ProviderEvent } from "../adapters/paymentAdapter.ts";
import { requireProduct } from "../catalogue/catalogue.ts";
import { compareAndSet } from "../platform/compareAndSet.ts";
import type { GatewayContext } from "../platform/context.ts";
import {
  parsePayment,
  parseWebhookEvent,
  paymentRef,
  readProducts,
  webhookEventRef,
} from "../payments/db.ts";
import { GatewayError } from "../platform/errors.ts";
import { readDocument, settleEvent, toChanges } from "../platform/knownDocument.ts";
import { emptyPayment, mergePaymentFacts, toPaymentId } from "../payments/merge.ts";
import type { Order, Payment, Product } from "../contract/types.ts";

export interface AppliedInvoice {
  outcome: "applied" | "duplicate";
  changed: boolean;
  paymentId: string;
  payment: Payment;
}

/**
 * Brings in the news of one invoice of a recurring subscription: it is a payment of its own. What it is worth is fixed
 * when it is first heard of.
 */
export async function applyInvoice(
  context: GatewayContext,
  adapter: PaymentAdapter,
  { invoice, event }: { invoice: InvoiceNews; event?: ProviderEvent | undefined },
): Promise<AppliedInvoice> {
  const { db } = context;
  const provider = adapter.name;
  const now = context.now();
  const paymentId = toPaymentId(provider, invoice.key);
  const first = await toFirstPayment(context, adapter, invoice, now);
  const paymentAt = paymentRef(db, paymentId);
  const eventAt = event && webhookEventRef(db, { provider, eventId: event.eventId });
  return await compareAndSet(db, eventAt ? [paymentAt, eventAt] : [paymentAt], (snapshots) => {
    const paymentDoc = readDocument(snapshots, paymentAt, parsePayment);
    const known = paymentDoc.known ?? first;
    const providerData = { ...known.providerData, ...invoice.providerData };
    const payment = mergePaymentFacts({ ...known, providerData }, invoice.facts, now);
    const changes = toChanges(paymentDoc, payment);
    const inbox = eventAt && readDocument(snapshots, eventAt, parseWebhookEvent);
    const done = settleEvent(inbox, { provider, event, now });
    const result = { outcome: done.outcome, changed: changes.length > 0, paymentId, payment };
    return { changes: [...changes, ...done.changes], result };
  });
}

async function toFirstPayment(
  context: GatewayContext,
  adapter: PaymentAdapter,
  invoice: InvoiceNews,
  now: Date,
): Promise<Payment> {
  const { key, order, lines, amount, currency, metadata } = invoice;
  if (!order) throw new Error(`Cannot read invoice "${key}": its subscription's metadata is unreadable`);
  const products = await readLineProducts(context, adapter, lines);
  const main = lines.findLast((line) => line.amount > 0) ?? lines.at(-1);
  const productId = main?.productId ?? order.productId;
  const { subscriptionDays = order.subscriptionDays } = products.get(productId) ?? {};
  return {
    ...emptyPayment,
    userId: order.userId,
    provider: adapter.name,
    sessionId: null,
    productId,
    amount: Math.max(0, amount),
    currency,
    creditsAmount: toCreditsAmount(invoice, products, order),
    subscriptionDays,
    metadata,
    createdAt: now,
    updatedAt: now,
  };
}

/**
 * Credits follow the money before discounts: a line of twice the unit price is worth twice the product's credits, a
 * trial's line of nothing is worth nothing, and the lines of a change in mid period add up to the difference. Rounded
 * down, never below zero.
 */
export function toCreditsAmount(
  { lines, isFirst }: Pick<InvoiceNews, "lines" | "isFirst">,
  products: ReadonlyMap<string, Product>,
  order: Order,
): number {
  const total = lines.reduce((sum, line) => {
    const product = products.get(line.productId);
    if (!product) return sum;
    // The first invoice gives what the buyer was shown, also when the product has changed since.
    const isOrdered = isFirst && line.priceId === order.priceId;
    const perUnit = isOrdered ? order.creditsAmount / order.quantity : product.creditsAmount;
    return sum + perUnit * toUnits(line, product);
  }, 0);
  // Fractions of a unit are not exact in binary: a thousandth of a credit is no loss to anybody.
  return Math.max(0, Math.floor(total + 0.001));
}

function toUnits({ amount, quantity, priceId }: InvoiceLine, product: Product): number {
  const unitAmount = product.prices[priceId]?.amount;
  if (unitAmount === undefined) return 0;
  return unitAmount === 0 ? quantity : amount / unitAmount;
}

/** The catalogue's products of an invoice; what cannot be sold for credits is left out. */
async function readLineProducts(
  context: GatewayContext,
  adapter: PaymentAdapter,
  lines: readonly InvoiceLine[],
): Promise<ReadonlyMap<string, Product>> {
  const productIds = [...new Set(lines.map(({ productId }) => productId))];
  const known = await readProducts(context.db, productIds);
  const missing = productIds.filter((productId) => !isPriced(known.get(productId), productId, lines));
  const found = await Promise.all(missing.map((productId) => findProduct(context, adapter, productId)));
  return new Map([...known, ...found.flat()]);
}

function isPriced(product: Product | undefined, productId: string, lines: readonly InvoiceLine[]): boolean {
  return lines.every((line) => line.productId !== productId || product?.prices[line.priceId] !== undefined);
}

async function findProduct(
  context: GatewayContext,
  adapter: PaymentAdapter,
  productId: string,
): Promise<[string, Product][]> {
  try {
    return [[productId, await requireProduct(context, adapter, productId)]];
  } catch (error) {
    const isUnsellable = error instanceof GatewayError && error.code !== "unavailable";
    if (isUnsellable) return [];
    throw error;
  }
}
