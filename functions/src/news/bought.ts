import type { CheckoutLine, InvoiceNews, PaymentAdapter, PaymentNews } from "../adapters/paymentAdapter.ts";
import { requireValue } from "../adapters/require.ts";
import type { Worth } from "../contract/documents.ts";
import { readInvoiceWorth, readKnown } from "../invoices/readWorth.ts";
import { toPaidLines } from "../invoices/worth.ts";
import { noFacts } from "../model/facts.ts";
import type { Order } from "../model/order.ts";
import { isFree } from "../payments/applyFacts.ts";
import { readSession } from "../payments/db.ts";
import type { StoreContext } from "../platform/context.ts";

/**
 * What a paid one-time checkout really sold, if that may not be the order: the provider's dashboard can add to a checkout
 * after it was made, and nothing says what an order is worth that was changed there. Undefined if it is the order.
 */
export async function readBought(
  context: Pick<StoreContext, "db">,
  adapter: PaymentAdapter,
  news: PaymentNews,
): Promise<Worth | undefined> {
  const { order, orderSubtotal, checkout, payment } = news;
  if (!order || checkout.mode !== "payment" || !payment?.facts.paid || isFree(news)) return undefined;
  if (checkout.subtotal === orderSubtotal && checkout.currency === order.currency) return undefined;
  const { sessionId } = checkout;
  const sold =
    (await readSession(context.db, sessionId)) ?? (orderSubtotal === undefined ? undefined : order);
  const lines = await readLines(adapter, sessionId, order);
  const invoice = toInvoice(news, lines, { order: sold ?? order, isOriginalOrder: sold !== undefined });
  const known = await readKnown(context, adapter, invoice);
  const worth = await readInvoiceWorth(context, adapter, { invoice, known });
  const { creditsAmount } = toPaidLines(worth, new Set());
  return { creditsAmount, subscriptionDays: (sold ?? order).worth.subscriptionDays };
}

/** A provider that cannot list them sells nothing but the order. */
async function readLines(adapter: PaymentAdapter, sessionId: string, order: Order): Promise<CheckoutLine[]> {
  if (adapter.fetchCheckoutLines) {
    const fetched = await adapter.fetchCheckoutLines(sessionId);
    return requireValue(fetched, `Cannot read the lines of session "${sessionId}"`);
  }
  const { productId, priceId, quantity } = order;
  return [{ lineId: sessionId, productId, priceId, quantity, amount: 1, discount: 0 }];
}

/** The checkout as an invoice of whole lines, whose worth is read alike. */
function toInvoice(
  { checkout, metadata }: PaymentNews,
  lines: readonly CheckoutLine[],
  sold: Pick<InvoiceNews, "order" | "isOriginalOrder">,
): InvoiceNews {
  const { sessionId, amount, currency = "" } = checkout;
  const now = new Date(0);
  return {
    ...sold,
    key: sessionId,
    isFirst: true,
    amount,
    currency,
    lines: lines.map((line) => ({
      ...line,
      itemId: undefined,
      kind: "full",
      isDiscounted: line.discount !== 0,
      period: { start: now, end: now },
      credited: undefined,
    })),
    facts: noFacts,
    providerData: {},
    metadata,
  };
}
