import type { InvoiceLine, InvoiceNews, PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireSupport, requireValue } from "../adapters/require.ts";
import { readPrice, readPriceWorth, type PricedProduct } from "../catalogue/worth.ts";
import type { Worth } from "../contract/documents.ts";
import { toPriceWorth } from "../model/worth.ts";
import type { LinePrice } from "./lineWorth.ts";

/** A subject's prices by id; none for a price that gives no credits. */
export type LinePrices = ReadonlyMap<string, LinePrice>;

type PricedInvoice = Pick<InvoiceNews, "order" | "isOriginalOrder" | "isFirst" | "currency" | "lines">;
type PriceReader = Pick<PaymentAdapter, "name" | "fetchPrice">;

/**
 * The prices of an invoice's lines. What a buyer was shown counts for the first invoice, then what the catalogue says, and
 * for a price that is not on sale any more what it was sold with. Any other one is read from the provider; if that
 * cannot be done now, throws, since what is not known is not worth nothing.
 */
export async function readLinePrices(
  adapter: PriceReader,
  invoice: PricedInvoice,
  products: ReadonlyMap<string, PricedProduct>,
): Promise<LinePrices> {
  const lines = new Map(invoice.lines.map((line) => [line.priceId, line]));
  const prices = await Promise.all(
    [...lines.values()].map(async (line): Promise<[string, LinePrice][]> => {
      const price =
        toSold(invoice, products.get(line.productId), line) ??
        toOrdered(invoice, line) ??
        (await fetchPrice(adapter, invoice, line));
      return price ? [[line.priceId, price]] : [];
    }),
  );
  return new Map(prices.flat());
}

/** As the catalogue has it. */
function toSold(
  invoice: PricedInvoice,
  product: PricedProduct | undefined,
  line: InvoiceLine,
): LinePrice | undefined {
  const { priceId } = line;
  const price = product && readPrice(product, priceId);
  const worth = product && readPriceWorth(product, priceId);
  if (!price || !worth) return undefined;
  const shown = invoice.isFirst ? toOrderedWorth(invoice, priceId) : undefined;
  return {
    worth: shown ?? worth,
    unitAmount: toUnitAmount(price, invoice.currency),
    isFree: price.amount === 0,
    interval: price.interval,
    intervalCount: price.intervalCount ?? 1,
  };
}

/** As it was sold, if nothing else needs to be known of it. */
function toOrdered(invoice: PricedInvoice, { priceId }: InvoiceLine): LinePrice | undefined {
  const worth = toOrderedWorth(invoice, priceId);
  const isPlain = invoice.lines.every(
    (line) => line.priceId !== priceId || (line.kind === "full" && line.amount > 0),
  );
  if (!worth || !isPlain) return undefined;
  return { worth, unitAmount: undefined, isFree: false, interval: null, intervalCount: 1 };
}

/** What a unit of the order was sold with; undefined if it is another price, or somebody has changed the order. */
function toOrderedWorth({ order, isOriginalOrder }: PricedInvoice, priceId: string): Worth | undefined {
  if (!order || !isOriginalOrder || order.priceId !== priceId) return undefined;
  return { ...order.worth, creditsAmount: order.worth.creditsAmount / order.quantity };
}

async function fetchPrice(
  adapter: PriceReader,
  invoice: PricedInvoice,
  { priceId }: InvoiceLine,
): Promise<LinePrice | undefined> {
  const action = `Cannot read price "${priceId}"`;
  requireSupport(adapter, "fetchPrice", action);
  const fetched = await adapter.fetchPrice(priceId);
  const isGone = fetched.outcome === "failed" && fetched.failure.kind === "not_found";
  const found = isGone ? undefined : requireValue(fetched, action);
  const worth =
    toOrderedWorth(invoice, priceId) ??
    (found && (toPriceWorth(found.metadata, found.productMetadata) ?? worthless));
  if (!worth) return undefined;
  return {
    worth,
    unitAmount: found && toUnitAmount(found, invoice.currency),
    isFree: found?.amount === 0,
    interval: found?.interval ?? null,
    intervalCount: found?.intervalCount ?? 1,
  };
}

/** What gives no credits still has a period, of which the lines beside it are a part. */
const worthless: Worth = { creditsAmount: 0, subscriptionDays: null };

function toUnitAmount(
  price: { amount: number | null; currency: string; currencyOptions?: Record<string, number> | undefined },
  currency: string,
): number | undefined {
  if (price.currency === currency) return price.amount ?? undefined;
  return price.currencyOptions?.[currency];
}
