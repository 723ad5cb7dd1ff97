import type { Stripe } from "stripe";
import type { LawInvoice } from "../types.ts";
import { toLawLines, type BilledLine } from "./lines.ts";
import { readIntents, readInvoiceGone } from "./money.ts";
import { readAll, toId, toUserId, type Merchant } from "./pages.ts";
import type { LawPrices } from "./prices.ts";

/** Our invoices of recurring subscriptions; of one customer, or all. */
export async function readInvoices(
  merchant: Merchant,
  prices: LawPrices,
  wanted: { customer?: string },
): Promise<LawInvoice[]> {
  const list = merchant.stripe.invoices.list({ ...wanted, limit: 100, expand: ["data.payments"] });
  const ours = (await readAll(list)).filter((invoice) => toOwner(merchant, invoice) !== undefined);
  if (ours.length === 0) return [];
  const [modes, intents] = await Promise.all([readModes(merchant, wanted), readIntents(merchant, wanted)]);
  const bySubscription = Map.groupBy(ours.toReversed(), toSubscriptionId);
  const read = [...bySubscription.entries()].map(([subscriptionId, invoices]) =>
    readSubscription(merchant, prices, {
      invoices,
      intents,
      isClassic: modes.get(subscriptionId) === "classic",
    }),
  );
  return (await Promise.all(read)).flat();
}

/** How subscriptions are billed, by id: the canceled ones, too. */
async function readModes(
  { stripe }: Merchant,
  wanted: { customer?: string },
): Promise<Map<string, Stripe.Subscription.BillingMode.Type>> {
  const all = await readAll(stripe.subscriptions.list({ ...wanted, status: "all", limit: 100 }));
  return new Map(all.map(({ id, billing_mode: { type } }) => [id, type]));
}

interface BilledSubscription {
  /** Oldest first. */
  invoices: readonly Stripe.Invoice[];
  intents: Awaited<ReturnType<typeof readIntents>>;
  isClassic: boolean;
}

async function readSubscription(
  merchant: Merchant,
  prices: LawPrices,
  { invoices, intents, isClassic }: BilledSubscription,
): Promise<LawInvoice[]> {
  const billed = await Promise.all(
    invoices.map((invoice) => readBilled(merchant, prices, { invoice, isClassic })),
  );
  const lawLines = toLawLines(billed.flat());
  return await Promise.all(
    invoices.map(async (invoice, index): Promise<LawInvoice> => {
      const lines = (billed[index] ?? []).flatMap(({ line }) => lawLines.get(line) ?? []);
      const { status, status_transitions: times, total } = invoice;
      return {
        invoiceId: toId(invoice),
        userId: toOwner(merchant, invoice) ?? "",
        lines,
        isPaid: status === "paid",
        paidAt: (times.paid_at ?? invoice.created) * 1_000,
        asked: Math.max(0, total),
        gone: await readInvoiceGone(merchant, intents, invoice),
      };
    }),
  );
}

/** All lines of an invoice that have a price. */
async function readBilled(
  { stripe }: Merchant,
  prices: LawPrices,
  { invoice, isClassic }: { invoice: Stripe.Invoice; isClassic: boolean },
): Promise<BilledLine[]> {
  const embedded = invoice.lines;
  const lines = embedded.has_more
    ? await readAll(stripe.invoices.listLineItems(toId(invoice), { limit: 100 }))
    : embedded.data;
  const order = invoice.parent?.subscription_details?.metadata;
  const billed = lines.map(async (line): Promise<BilledLine[]> => {
    const priceId = toId(line.pricing?.price_details?.price);
    if (priceId === "") return [];
    return [{ line, price: await prices.read(priceId, line.currency), invoice, order, isClassic }];
  });
  return (await Promise.all(billed)).flat();
}

function toOwner(merchant: Merchant, { parent }: Stripe.Invoice): string | undefined {
  return toUserId(merchant, parent?.subscription_details?.metadata);
}

function toSubscriptionId({ parent }: Stripe.Invoice): string {
  return toId(parent?.subscription_details?.subscription);
}
