import { applyFacts } from "./applyFacts.ts";
import type { ParsedWebhook, PaymentAdapter, ProviderResult, WebhookRequest } from "./adapters/types.ts";
import type { GatewayContext } from "./context.ts";
import { saveFailedEvent } from "./db.ts";
import { GatewayError } from "./errors.ts";
import { requireAdapter } from "./provider.ts";
import type { WebhookOutcome } from "./types.ts";

export interface ReceivedWebhook {
  outcome: WebhookOutcome;
  eventId: string;
  type: string;
  reason?: string;
  sessionId?: string;
  paymentId?: string | null;
}

/**
 * Takes in one webhook delivery. Returns once the work is done and written; whatever is thrown but a `GatewayError` must
 * be delivered again, and leaves the event in the inbox with its error if the database allows.
 */
export async function receiveWebhook(
  context: GatewayContext,
  provider: string,
  request: WebhookRequest,
): Promise<ReceivedWebhook> {
  const adapter = await requireAdapter(context, provider);
  const event = requireEvent(adapter.parseWebhook(request, { now: context.now() }));
  const { eventId, type } = event;
  if (event.outcome === "ignored") return { outcome: "ignored", eventId, type, reason: event.reason };
  try {
    return { eventId, type, ...(await processEvent(context, adapter, event)) };
  } catch (error) {
    const failed = { provider, event, error, rawBody: request.rawBody };
    const [kept] = await Promise.allSettled([saveFailedEvent(context, failed)]);
    if (kept.status === "fulfilled") throw error;
    throw new AggregateError([error, kept.reason], "Cannot process the event, nor keep it", { cause: error });
  }
}

function requireEvent(parsed: ProviderResult<ParsedWebhook>): ParsedWebhook {
  if (parsed.outcome === "ok") return parsed.value;
  const { failure } = parsed;
  // Ours to mend: the provider is to deliver it again once the secret is there.
  if (failure.kind === "unauthenticated") throw new Error(`Cannot accept webhooks: ${failure.detail}`);
  const reason = failure.kind === "signature" ? "the signature is not valid" : "the body is malformed";
  throw new GatewayError("invalid_argument", `Cannot accept the webhook: ${reason}`, { cause: failure });
}

type ActionableWebhook = Exclude<ParsedWebhook, { outcome: "ignored" }>;

async function processEvent(
  context: GatewayContext,
  adapter: PaymentAdapter,
  event: ActionableWebhook,
): Promise<Omit<ReceivedWebhook, "eventId" | "type">> {
  const news = event.outcome === "news" ? event.news : await refetch(adapter, event.sessionId);
  const { sessionId } = news.checkout;
  const applied = await applyFacts(context, { provider: adapter.name, news, event });
  if (applied.outcome === "duplicate") return { outcome: "duplicate", sessionId };
  return { outcome: "processed", sessionId, paymentId: applied.paymentId };
}

async function refetch(adapter: PaymentAdapter, sessionId: string) {
  const fetched = await adapter.fetchCheckout(sessionId);
  if (fetched.outcome === "ok") return fetched.value;
  throw new Error(`Cannot refetch session "${sessionId}": ${fetched.failure.kind} ${fetched.failure.detail}`);
}
