import type { InvoiceNews, PaymentAdapter, PaymentNews, ProviderEvent } from "./adapters/types.ts";
import { applyFacts, type AppliedFacts } from "./applyFacts.ts";
import type { GatewayContext } from "./context.ts";
import { applyInvoice } from "./invoices.ts";

/** Brings in a checkout's news, and its first invoice where that came with it. The event is noted with the last of them. */
export async function applyNews(
  context: GatewayContext,
  adapter: PaymentAdapter,
  { news, event }: { news: PaymentNews; event?: ProviderEvent | undefined },
): Promise<AppliedFacts> {
  const { invoice } = news;
  const provider = adapter.name;
  if (!invoice) return await applyFacts(context, { provider, news, ...(event && { event }) });
  const session = await applyFacts(context, { provider, news });
  const { outcome, changed, payment } = await applyInvoice(context, adapter, { invoice, event });
  return { ...session, outcome, changed: changed || session.changed, payment };
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
