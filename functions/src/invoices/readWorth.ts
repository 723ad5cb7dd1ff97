import type { InvoiceLine, InvoiceNews, PaymentAdapter } from "../adapters/paymentAdapter.ts";
import type { StoreContext } from "../platform/context.ts";
import { toPaymentId } from "../payments/merge.ts";
import { fetchCredited, readCreditedLines, toCreditedInvoiceIds } from "./credited.ts";
import { readForInvoice, type KnownForInvoice } from "./db.ts";
import { toKnownLine, type KnownLine } from "./lineWorth.ts";
import { readLinePrices } from "./prices.ts";
import { toInvoiceWorth, type InvoiceWorth } from "./worth.ts";

/** How far back invoices that are not known here are read: each may credit an earlier one. */
const MAX_DEPTH = 5;

type ReadContext = Pick<StoreContext, "db">;

/** What our documents say about an invoice, in one read. */
export async function readKnown(
  { db }: ReadContext,
  adapter: PaymentAdapter,
  invoice: InvoiceNews,
): Promise<KnownForInvoice> {
  const provider = adapter.name;
  return await readForInvoice(db, {
    provider,
    paymentId: toPaymentId(provider, invoice.key),
    productIds: [...new Set(invoice.lines.map(({ productId }) => productId))],
    creditedIds: toCreditedInvoiceIds(invoice).map((invoiceId) => toPaymentId(provider, invoiceId)),
  });
}

/** What an invoice is worth. Asks the provider only for what our documents do not say. */
export async function readInvoiceWorth(
  context: ReadContext,
  adapter: PaymentAdapter,
  subject: { invoice: InvoiceNews; known: KnownForInvoice },
  depth = 0,
): Promise<InvoiceWorth> {
  const { invoice, known } = subject;
  const [prices, credited] = await Promise.all([
    readLinePrices(adapter, invoice, known.products),
    readCreditedLines(invoice, { provider: adapter.name, payments: known.credited }, (invoiceId) =>
      readUnknownLines(context, adapter, invoiceId, depth),
    ),
  ]);
  const sources = {
    readPrice: ({ priceId }: InvoiceLine) => prices.get(priceId),
    readCredited: (line: InvoiceLine) => {
      const lines = (line.credited?.lineIds ?? []).map((lineId) => credited.get(lineId));
      // A part of them says nothing about the whole.
      return lines.every((found) => found !== undefined) ? lines : [];
    },
  };
  const { order } = invoice;
  return toInvoiceWorth(invoice, sources, {
    productId: order?.productId ?? "",
    subscriptionDays: order?.worth.subscriptionDays ?? null,
  });
}

/** The lines of an invoice that we do not have, or have without its lines: its news is late, or older than lines are. */
async function readUnknownLines(
  context: ReadContext,
  adapter: PaymentAdapter,
  invoiceId: string,
  depth: number,
): Promise<ReadonlyMap<string, KnownLine>> {
  const invoice = depth < MAX_DEPTH ? await fetchCredited(adapter, invoiceId) : undefined;
  if (!invoice) return new Map();
  const known = await readKnown(context, adapter, invoice);
  const { lines } = await readInvoiceWorth(context, adapter, { invoice, known }, depth + 1);
  return new Map(lines.map((worth) => [worth.line.lineId, toKnownLine(worth)]));
}
