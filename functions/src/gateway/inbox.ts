import { applyFacts, applyUpdate } from "./applyFacts.ts";
import type { ParsedWebhook, PaymentAdapter, PaymentNews, PaymentUpdate } from "./adapters/types.ts";
import type { GatewayContext } from "./context.ts";
import { refreshProduct, type RefreshedProduct } from "./catalogue.ts";
import { saveFailedEvent } from "./db.ts";
import { mergeFacts } from "./facts.ts";
import type { Payment, WebhookOutcome } from "./types.ts";

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
    if (kept.status === "fulfilled") throw error;
    throw new AggregateError([error, kept.reason], "Cannot process the event, nor keep it", { cause: error });
  }
}

const productOutcomes: Record<RefreshedProduct["outcome"], WebhookOutcome> = {
  applied: "processed",
  duplicate: "duplicate",
  gone: "ignored",
  foreign: "ignored",
};

type ActionableWebhook = Exclude<ParsedWebhook, { outcome: "ignored" }>;
type MoneyEvent = Exclude<ActionableWebhook, { outcome: "product" }>;

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
  const news = await readNews(adapter, event);
  if (!news) return { outcome: "ignored", changed: false, reason: "foreign" };
  return toReceived(await applyFacts(context, { provider, news, event }));
}

/** The news, read again at the provider where the event does not carry them; undefined when they are not ours. */
async function readNews(adapter: PaymentAdapter, event: MoneyEvent): Promise<PaymentNews | undefined> {
  if (event.outcome === "news") return event.news;
  const subject = event.outcome === "update" ? { paymentKey: event.update.key } : event.subject;
  const fetched =
    "sessionId" in subject
      ? await adapter.fetchCheckout(subject.sessionId)
      : await adapter.fetchPayment(subject.paymentKey);
  if (fetched.outcome === "ok")
    return event.outcome === "update" ? withUpdate(fetched.value, event.update) : fetched.value;
  if (fetched.failure.kind === "not_found") return undefined;
  throw new Error(
    `Cannot fetch ${JSON.stringify(subject)}: ${fetched.failure.kind} ${fetched.failure.detail}`,
  );
}

function withUpdate(news: PaymentNews, { facts }: PaymentUpdate): PaymentNews {
  if (!news.payment) return news;
  return { ...news, payment: { ...news.payment, facts: mergeFacts(news.payment.facts, facts) } };
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
