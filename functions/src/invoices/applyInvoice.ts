import type { InvoiceLine, InvoiceNews, PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { readProducts } from "../catalogue/db.ts";
import type { Product } from "../catalogue/documents.ts";
import { refreshProduct } from "../catalogue/refresh.ts";
import { Committer, type Applied } from "../inbox/committer.ts";
import { paymentRef } from "../payments/db.ts";
import { paymentDocument, type Payment } from "../payments/documents.ts";
import { emptyPayment, mergePaymentFacts, toPaymentId } from "../payments/merge.ts";
import type { StoreContext } from "../platform/context.ts";
import { readDocument, toChangeIfNew } from "../platform/document.ts";
import { GatewayError } from "../platform/errors.ts";
import { toInvoiceWorth } from "./worth.ts";

export interface AppliedInvoice extends Applied {
  paymentId: string;
  payment: Payment;
}

/**
 * Applies the news of one invoice of a recurring subscription, which is a payment of its own. What it is worth is fixed
 * with the first news of it.
 */
export async function applyInvoice(
  context: StoreContext,
  adapter: PaymentAdapter,
  invoice: InvoiceNews,
  committer: Committer,
): Promise<AppliedInvoice> {
  const now = context.now();
  const paymentId = toPaymentId(adapter.name, invoice.key);
  const first = await buildFirstPayment(context, adapter, invoice, now);
  const paymentAt = paymentRef(context.db, paymentId);
  const { outcome, changed, result } = await committer.commit([paymentAt], (snapshots) => {
    const paymentDoc = readDocument(snapshots, paymentAt, paymentDocument);
    const known = paymentDoc.known ?? first;
    const providerData = { ...known.providerData, ...invoice.providerData };
    const payment = mergePaymentFacts({ ...known, providerData }, invoice.facts, now);
    return { changes: toChangeIfNew(paymentDoc, payment), result: { paymentId, payment } };
  });
  return { outcome, changed, ...result };
}

async function buildFirstPayment(
  context: StoreContext,
  adapter: PaymentAdapter,
  invoice: InvoiceNews,
  now: Date,
): Promise<Payment> {
  const { key, order, lines, amount, currency, metadata } = invoice;
  if (!order) throw new Error(`Cannot read invoice "${key}": its subscription's metadata is unreadable`);
  const products = await readLineProducts(context, adapter, lines);
  return {
    ...emptyPayment,
    ...toInvoiceWorth(invoice, products, order),
    userId: order.userId,
    provider: adapter.name,
    sessionId: null,
    amount: Math.max(0, amount),
    currency,
    metadata,
    createdAt: now,
    updatedAt: now,
  };
}

/** The products of an invoice's lines; those that cannot be sold for credits are left out. */
async function readLineProducts(
  context: StoreContext,
  adapter: PaymentAdapter,
  lines: readonly InvoiceLine[],
): Promise<ReadonlyMap<string, Product>> {
  const productIds = [...new Set(lines.map(({ productId }) => productId))];
  const known = await readProducts(context.db, { provider: adapter.name, productIds });
  const missing = productIds.filter((productId) => !isPriced(known.get(productId), productId, lines));
  const found = await Promise.all(missing.map((productId) => findProduct(context, adapter, productId)));
  return new Map([...known, ...found.flat()]);
}

function isPriced(product: Product | undefined, productId: string, lines: readonly InvoiceLine[]): boolean {
  return lines.every((line) => line.productId !== productId || product?.prices[line.priceId] !== undefined);
}

/** Read from the provider, also if the catalogue has another provider's product with that id. */
async function findProduct(
  context: StoreContext,
  adapter: PaymentAdapter,
  productId: string,
): Promise<[string, Product][]> {
  try {
    const refreshed = await refreshProduct(context, adapter, productId, new Committer(context));
    return "product" in refreshed ? [[productId, refreshed.product]] : [];
  } catch (error) {
    const isUnsellable = error instanceof GatewayError && error.code !== "unavailable";
    if (isUnsellable) return [];
    throw error;
  }
}
