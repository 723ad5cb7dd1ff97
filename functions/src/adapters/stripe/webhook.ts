import { Stripe } from "stripe";
import * as z from "zod";
import type { Issuer } from "../metadata.ts";
import type { ParsedEvent, ProviderFailure, ProviderResult, WebhookRequest } from "../paymentAdapter.ts";
import { toMeaning } from "./events.ts";
import { withoutPersonalData } from "./personalData.ts";

export interface WebhookSettings {
  issuer: Issuer;
  /** Every secret that may have signed: two while one is being rolled. */
  secrets: readonly string[];
  livemode: boolean;
  now: Date;
}

/**
 * Verifies the signature, then parses.
 * Source: https://docs.stripe.com/webhooks/signature (a signature is accepted for 300 seconds)
 */
export function parseStripeWebhook(
  request: WebhookRequest,
  settings: WebhookSettings,
): ProviderResult<ParsedEvent> {
  const signature = request.headers["stripe-signature"];
  if (settings.secrets.length === 0) return fail("unauthenticated", "No webhook secret is configured");
  if (typeof signature !== "string") return fail("signature", "No stripe-signature header");
  const verified = verify(request.rawBody, signature, settings);
  if (verified.outcome === "failed") return verified;
  return { outcome: "ok", value: parseEvent(Buffer.from(request.rawBody).toString("utf8"), settings) };
}

function verify(
  rawBody: Uint8Array,
  signature: string,
  settings: WebhookSettings,
): ProviderResult<Stripe.Event> {
  let refusal = "";
  for (const secret of settings.secrets) {
    try {
      const event = Stripe.webhooks.constructEvent(
        rawBody,
        signature,
        secret,
        Stripe.webhooks.DEFAULT_TOLERANCE,
        undefined,
        settings.now.getTime(),
      );
      return envelopeSchema.safeParse(event).success ? { outcome: "ok", value: event } : malformed;
    } catch (error) {
      // The signature is checked first: whatever else goes wrong is the body's fault.
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return malformed;
      refusal = error.message.split("\n", 1)[0] ?? "";
    }
  }
  return fail("signature", refusal);
}

/**
 * What an event says, once it is known to be Stripe's. Nothing is read but what would be stored of it, so that an event
 * that failed says the same when it is tried again.
 */
export function parseEvent(
  payload: string,
  settings: Pick<WebhookSettings, "issuer" | "livemode">,
): ParsedEvent {
  const event = Stripe.webhooks.constructEventWithoutVerification(withoutPersonalData(payload));
  const { id: eventId, type } = event;
  if (event.livemode !== settings.livemode) {
    return { eventId, type, outcome: "ignored", reason: "environment_mismatch" };
  }
  // From a connected account, whose owner writes the metadata: our checkouts are never made there.
  if (event.account) return { eventId, type, outcome: "ignored", reason: "foreign" };
  try {
    return { eventId, type, ...toMeaning(event, settings.issuer) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : "Unknown error";
    return { eventId, type, outcome: "unreadable", reason };
  }
}

const envelopeSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
  object: z.literal("event"),
  type: z.string(),
  created: z.number(),
  livemode: z.boolean(),
  data: z.object({ object: z.object({ id: z.string().optional() }) }),
});

const malformed = fail("invalid_request", "The body is not an event");

function fail(
  kind: ProviderFailure["kind"],
  detail: string,
): { outcome: "failed"; failure: ProviderFailure } {
  return { outcome: "failed", failure: { kind, retryable: false, detail } };
}
