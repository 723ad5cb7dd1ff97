import { applyUpdate } from "../payments/applyFacts.ts";
import type {
  ParsedWebhook,
  PaymentAdapter,
  PaymentUpdate,
  ProviderResult,
} from "../adapters/paymentAdapter.ts";
import type { GatewayContext } from "../platform/context.ts";
import { refreshProduct, type RefreshedProduct } from "../catalogue/catalogue.ts";
import { saveFailedEvent } from "../payments/db.ts";
import { EventError } from "../platform/errors.ts";
import { mergeFacts } from "../model/facts.ts";
import { refreshPlan } from "../plans/plans.ts";
import { applyFetched, type FetchedNews } from "../news/applyNews.ts";
import { requireSupport } from "../adapters/require.ts";
import type { Payment, WebhookOutcome } from "../contract/types.ts";

/** How the work on one event ended. `changed`: it brought something that was not known. */
export interface TakenEvent {
  outcome: WebhookOutcome;
  eventId: string;
  type: string;
  changed: boolean;
  reason?: string;
  sessionId?: string | null;
  paymentId?: string | null;
  status?: Payment["status"];
}

/**
 * Does the work of one event, wherever it comes from. Work that fails is thrown, and leaves the event in the inbox with
 * its error and payload if the database allows.
 */
export async function takeEvent(
  context: GatewayContext,
  adapter: PaymentAdapter,
  { event, payload }: { event: ParsedWebhook; payload: () => string },
): Promise<TakenEvent> {
  const { eventId, type } = event;
  if (event.outcome === "ignored") {
    return { outcome: "ignored", eventId, type, changed: false, reason: event.reason };
  }
  try {
    return { eventId, type, ...(await processEvent(context, adapter, event)) };
  } catch (error) {
    const failed = { provider: adapter.name, event, error, payload: payload() };
    const [kept] = await Promise.allSettled([saveFailedEvent(context, failed)]);
    if (kept.status === "rejected")
      throw new AggregateError([error, kept.reason], "Cannot process the event, nor keep it", {
        cause: error,
      });
    throw new EventError({ eventId, type, ...kept.value }, { cause: error });
  }
}

const productOutcomes: Record<RefreshedProduct["outcome"], WebhookOutcome> = {
  applied: "processed",
  duplicate: "duplicate",
  gone: "ignored",
  foreign: "ignored",
};

type ActionableWebhook = Exclude<ParsedWebhook, { outcome: "ignored" }>;
type MoneyEvent = Exclude<ActionableWebhook, { outcome: "product" | "subscription" }>;

async function processEvent(
  context: GatewayContext,
  adapter: PaymentAdapter,
  event: ActionableWebhook,
): Promise<Omit<TakenEvent, "eventId" | "type">> {
  const provider = adapter.name;
  if (event.outcome === "update") {
    const applied = await applyUpdate(context, { provider, update: event.update, event });
    if (applied.outcome !== "unknown") return toReceived(applied);
  }
  if (event.outcome === "product") {
    const { outcome, changed } = await refreshProduct(context, adapter, {
      productId: event.productId,
      event,
    });
    return { outcome: productOutcomes[outcome], changed };
  }
  if (event.outcome === "subscription") {
    return await refreshPlan(context, adapter, { subscriptionId: event.subscriptionId, event });
  }
  const fetched = await readNews(adapter, event);
  if (!fetched) return { outcome: "ignored", changed: false, reason: "foreign" };
  return toReceived(await applyFetched(context, adapter, { fetched, event }));
}

/** The news, read again at the provider where the event does not carry them; undefined when they are not ours. */
async function readNews(adapter: PaymentAdapter, event: MoneyEvent): Promise<FetchedNews | undefined> {
  if (event.outcome === "news") return { news: event.news };
  if (event.outcome === "invoice") return { invoice: event.invoice };
  const subject = event.outcome === "update" ? { paymentKey: event.update.key } : event.subject;
  const fetched = await fetchSubject(adapter, subject);
  if (fetched.outcome === "ok") {
    return event.outcome === "update" ? withUpdate(fetched.value, event.update) : fetched.value;
  }
  const { kind, detail } = fetched.failure;
  if (kind === "not_found") return undefined;
  throw new Error(`Cannot fetch ${JSON.stringify(subject)}: ${kind} ${detail}`);
}

type Subject = Extract<ParsedWebhook, { outcome: "refetch" }>["subject"];

async function fetchSubject(adapter: PaymentAdapter, subject: Subject): Promise<ProviderResult<FetchedNews>> {
  if ("paymentKey" in subject) return await adapter.fetchPayment(subject.paymentKey);
  if ("invoiceId" in subject) {
    requireSupport(adapter, "fetchInvoice", `Cannot fetch invoice "${subject.invoiceId}"`);
    const fetched = await adapter.fetchInvoice(subject.invoiceId);
    return fetched.outcome === "ok" ? { outcome: "ok", value: { invoice: fetched.value } } : fetched;
  }
  const fetched = await adapter.fetchCheckout(subject.sessionId);
  return fetched.outcome === "ok" ? { outcome: "ok", value: { news: fetched.value } } : fetched;
}

/** The update is of the payment that was fetched for it, under whichever key. */
function withUpdate(fetched: FetchedNews, { facts }: PaymentUpdate): FetchedNews {
  if ("invoice" in fetched) {
    const { invoice } = fetched;
    return { invoice: { ...invoice, facts: mergeFacts(invoice.facts, facts) } };
  }
  const { news } = fetched;
  if (!news.payment) return fetched;
  return { news: { ...news, payment: { ...news.payment, facts: mergeFacts(news.payment.facts, facts) } } };
}

function toReceived(applied: {
  outcome: "applied" | "duplicate";
  changed: boolean;
  paymentId: string | null;
  payment: Payment | undefined;
}): Omit<TakenEvent, "eventId" | "type"> {
  const { paymentId, payment, changed } = applied;
  const outcome = applied.outcome === "duplicate" ? "duplicate" : "processed";
  return {
    outcome,
    changed,
    paymentId,
    ...(payment && { sessionId: payment.sessionId, status: payment.status }),
  };
}
