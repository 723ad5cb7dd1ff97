import type { ParsedWebhook, ProviderResult, WebhookRequest } from "./adapters/types.ts";
import type { GatewayContext } from "./context.ts";
import { GatewayError } from "./errors.ts";
import { takeEvent, type TakenEvent } from "./inbox.ts";
import { requireAdapter } from "./provider.ts";

/**
 * Takes in one webhook delivery. Returns once the work is done and written; whatever is thrown but a `GatewayError` must
 * be delivered again, and leaves the event in the inbox with its error if the database allows (`EventError`).
 */
export async function receiveWebhook(
  context: GatewayContext,
  provider: string,
  request: WebhookRequest,
): Promise<TakenEvent> {
  const adapter = await requireAdapter(context, provider);
  const event = requireEvent(adapter.parseWebhook(request, { now: context.now() }));
  return await takeEvent(context, adapter, {
    event,
    payload: () => Buffer.from(request.rawBody).toString("utf8"),
  });
}

function requireEvent(parsed: ProviderResult<ParsedWebhook>): ParsedWebhook {
  if (parsed.outcome === "ok") return parsed.value;
  const { failure } = parsed;
  // Ours to mend: the provider is to deliver it again once the secret is there.
  if (failure.kind === "unauthenticated") throw new Error(`Cannot accept webhooks: ${failure.detail}`);
  const reason = failure.kind === "signature" ? "the signature is not valid" : "the body is malformed";
  throw new GatewayError("invalid_argument", `Cannot accept the webhook: ${reason}`, { cause: failure });
}
