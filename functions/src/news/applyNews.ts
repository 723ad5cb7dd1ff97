import type { InvoiceNews, PaymentAdapter, PaymentNews, ProviderEvent } from "../adapters/paymentAdapter.ts";
import { applyFacts, type AppliedFacts } from "../payments/applyFacts.ts";
import type { GatewayContext } from "../platform/context.ts";
import { applyInvoice } from "../invoices/invoices.ts";
import { toKey } from "../platform/key.ts";
import { requireSupport, requireValue } from "../adapters/require.ts";

/**
 * Brings in a checkout's news, and its first invoice where that came with it. Where the payer has approved and the money
 * waits to be taken, it is taken. The event is noted with the last of them.
 */
export async function applyNews(
  context: GatewayContext,
  adapter: PaymentAdapter,
  subject: { news: PaymentNews; event?: ProviderEvent | undefined },
): Promise<AppliedFacts> {
  const { news, event } = subject;
  if (news.approvedAt)
    return await applyApproved(context, adapter, { ...subject, approvedAt: news.approvedAt });
  const { invoice } = news;
  const provider = adapter.name;
  if (!invoice) return await applyFacts(context, { provider, news, ...(event && { event }) });
  const session = await applyFacts(context, { provider, news });
  const { outcome, changed, payment } = await applyInvoice(context, adapter, { invoice, event });
  return { ...session, outcome, changed: changed || session.changed, payment };
}

/** The key says the same for everybody who brings news of one approval, so that they capture once. */
async function applyApproved(
  context: GatewayContext,
  adapter: PaymentAdapter,
  subject: { news: PaymentNews; approvedAt: Date; event?: ProviderEvent | undefined },
): Promise<AppliedFacts> {
  const { news, approvedAt, event } = subject;
  const provider = adapter.name;
  const { sessionId } = news.checkout;
  const action = `Cannot settle session "${sessionId}"`;
  requireSupport(adapter, "settleCheckout", action);
  // Written before money is taken: what nobody could be given credits for is not captured.
  const session = await applyFacts(context, { provider, news });
  const idempotencyKey = toKey("settle", [context.projectId, sessionId, approvedAt.toISOString()]);
  const settled = requireValue(await adapter.settleCheckout(sessionId, { idempotencyKey }), action);
  const applied = await applyFacts(context, { provider, news: settled, ...(event && { event }) });
  return { ...applied, changed: applied.changed || session.changed };
}

export type FetchedNews = { news: PaymentNews } | { invoice: InvoiceNews };

/** What the provider said, in whichever form. */
export async function applyFetched(
  context: GatewayContext,
  adapter: PaymentAdapter,
  { fetched, event }: { fetched: FetchedNews; event?: ProviderEvent | undefined },
) {
  return "invoice" in fetched
    ? await applyInvoice(context, adapter, { invoice: fetched.invoice, event })
    : await applyNews(context, adapter, { news: fetched.news, event });
}
