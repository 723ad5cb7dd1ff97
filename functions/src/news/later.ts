import type { PaymentAdapter, PaymentNews } from "../adapters/paymentAdapter.ts";
import { requireValue } from "../adapters/require.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import { mergeFacts } from "../model/facts.ts";
import { readPayment } from "../payments/db.ts";
import { toPaymentId } from "../payments/merge.ts";
import type { StoreContext } from "../platform/context.ts";
import type { FetchedNews } from "./applyNews.ts";

/** For so long a reconciliation comes back to events that named a payment which was not known yet. */
const FRESH_MS = 10 * 60_000;

/**
 * The news of a checkout or an invoice. If they bring a payment long after it was paid, with what has become of it since: the
 * events that told so were foreign to us as long as the payment was not known.
 */
export async function withLater(
  context: StoreContext,
  adapter: PaymentAdapter,
  fetched: FetchedNews,
): Promise<FetchedNews> {
  if ("invoice" in fetched) return { invoice: await withLaterFacts(context, adapter, fetched.invoice) };
  return { news: await newsWithLater(context, adapter, fetched.news) };
}

/** The same of a checkout alone. */
export async function newsWithLater(
  context: StoreContext,
  adapter: PaymentAdapter,
  news: PaymentNews,
): Promise<PaymentNews> {
  const { payment, invoice } = news;
  return {
    ...news,
    ...(payment && { payment: await withLaterFacts(context, adapter, payment) }),
    ...(invoice && { invoice: await withLaterFacts(context, adapter, invoice) }),
  };
}

async function withLaterFacts<T extends { key: string; facts: PaymentFacts }>(
  { db, now }: StoreContext,
  adapter: PaymentAdapter,
  brought: T,
): Promise<T> {
  const { key, facts } = brought;
  if (!facts.paid || now().getTime() - facts.paid.at.getTime() < FRESH_MS) return brought;
  if (await readPayment(db, toPaymentId(adapter.name, key))) return brought;
  const fetched = await adapter.fetchPayment(key);
  // What was given away free has no payment there.
  if (fetched.outcome === "failed" && fetched.failure.kind === "not_found") return brought;
  const value = requireValue(fetched, `Cannot read payment "${key}"`);
  const later = "invoice" in value ? value.invoice.facts : value.news.payment?.facts;
  return later ? { ...brought, facts: mergeFacts(facts, later) } : brought;
}
