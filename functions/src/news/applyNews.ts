import type { InvoiceNews, PaymentAdapter, PaymentNews } from "../adapters/paymentAdapter.ts";
import { requireSupport, requireValue } from "../adapters/require.ts";
import { readSoldProduct } from "../catalogue/refresh.ts";
import { readPriceFreeTimes } from "../catalogue/worth.ts";
import { Committer, type Applied } from "../inbox/committer.ts";
import { readBought } from "./bought.ts";
import { applyInvoice } from "../invoices/applyInvoice.ts";
import { applyFacts, isFree, type AppliedFacts } from "../payments/applyFacts.ts";
import type { Payment } from "../payments/documents.ts";
import type { ProjectContext } from "../platform/context.ts";
import { toKey } from "../platform/ids.ts";

/**
 * Applies a checkout's news, and its first invoice if that came with it. If the buyer has approved and the money is
 * waiting, captures it. If this takes several commits, `last` makes the last one.
 */
export async function applyNews(
  context: ProjectContext,
  adapter: PaymentAdapter,
  news: PaymentNews,
  last: Committer = new Committer(context),
): Promise<AppliedFacts> {
  const { invoice, approvedAt } = news;
  if (approvedAt) return await applyApproved(context, adapter, { news, approvedAt }, last);
  const freeTimes = isFree(news) ? await readFreeTimes(context, adapter, news) : undefined;
  const bought = await readBought(context, adapter, news);
  const subject = { provider: adapter.name, news, freeTimes, bought };
  if (!invoice) return await applyFacts(context, subject, last);
  const session = await applyFacts(context, subject, new Committer(context));
  const { outcome, changed, payment } = await applyInvoice(context, adapter, invoice, last);
  return { ...session, outcome, changed: changed || session.changed, payment };
}

/** How often a product is given to one user without asking for money; undefined if nothing says it. */
export async function readFreeTimes(
  context: Pick<ProjectContext, "db">,
  adapter: PaymentAdapter,
  { order }: PaymentNews,
): Promise<number | undefined> {
  if (!order) return undefined;
  const { productId, priceId } = order;
  const product = await readSoldProduct(context, adapter, productId);
  return product && readPriceFreeTimes(product, priceId);
}

/** The key is the same for all news of one approval, so that it is captured once. */
async function applyApproved(
  context: ProjectContext,
  adapter: PaymentAdapter,
  { news, approvedAt }: { news: PaymentNews; approvedAt: Date },
  last: Committer,
): Promise<AppliedFacts> {
  const provider = adapter.name;
  const { sessionId } = news.checkout;
  const action = `Cannot capture session "${sessionId}"`;
  requireSupport(adapter, "captureCheckout", action);
  // Written before the money is taken: a session that cannot get credits is not captured.
  const session = await applyFacts(context, { provider, news }, new Committer(context));
  const idempotencyKey = toKey("settle", [context.projectId, sessionId, approvedAt.toISOString()]);
  const captured = requireValue(await adapter.captureCheckout(sessionId, { idempotencyKey }), action);
  const applied = await applyFacts(context, { provider, news: captured }, last);
  return { ...applied, changed: applied.changed || session.changed };
}

export type FetchedNews = { news: PaymentNews } | { invoice: InvoiceNews };

/** Applies what was fetched: a checkout or an invoice. */
export async function applyFetched(
  context: ProjectContext,
  adapter: PaymentAdapter,
  fetched: FetchedNews,
  last?: Committer,
): Promise<AppliedNews> {
  return "invoice" in fetched
    ? await applyInvoice(context, adapter, fetched.invoice, last ?? new Committer(context))
    : await applyNews(context, adapter, fetched.news, last);
}

export interface AppliedNews extends Applied {
  paymentId: string | null;
  payment: Payment | undefined;
}
