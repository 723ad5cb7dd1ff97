import type {
  ParsedEvent,
  ProviderFailureKind,
  ProviderResult,
  WebhookRequest,
} from "../adapters/paymentAdapter.ts";
import { requireAdapter, type ProviderContext } from "../adapters/require.ts";
import type { ProjectContext } from "../platform/context.ts";
import { GatewayError } from "../platform/errors.ts";
import { handleEvent, type HandledEvent } from "./dispatch.ts";

/**
 * Handles one webhook delivery. Returns once the work is done and written. Throws a `GatewayError` to refuse the
 * delivery. After any other error the provider must deliver it again; with an `EventError` the event is in the inbox.
 */
export async function receiveWebhook(
  context: ProjectContext & ProviderContext,
  provider: string,
  request: WebhookRequest,
): Promise<HandledEvent> {
  const adapter = await requireAdapter(context, provider);
  const event = requireEvent(await adapter.parseWebhook(request, { now: context.now() }));
  return await handleEvent(context, adapter, {
    event,
    payload: () => Buffer.from(request.rawBody).toString("utf8"),
  });
}

const refusals: Partial<Record<ProviderFailureKind, string>> = {
  signature: "the signature is not valid",
  invalid_request: "the body is malformed",
};

function requireEvent(parsed: ProviderResult<ParsedEvent>): ParsedEvent {
  if (parsed.outcome === "ok") return parsed.value;
  const { failure } = parsed;
  const reason = refusals[failure.kind];
  // Our fault, or only for now: a secret is not set yet, or a key cannot be fetched. The provider must try again.
  if (reason === undefined) throw new Error(`Cannot accept the webhook: ${failure.kind} ${failure.detail}`);
  throw new GatewayError("invalid_argument", `Cannot accept the webhook: ${reason}`, { cause: failure });
}
