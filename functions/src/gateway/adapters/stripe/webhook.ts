import { Stripe } from "stripe";
import { z } from "zod";
import type { ParsedWebhook, ProviderFailure, ProviderResult, WebhookRequest } from "../types.ts";
import { isOurs, toDate, toNews } from "./checkout.ts";

export interface WebhookSettings {
  projectId: string;
  /** Every secret that may have signed: two while one is being rolled. */
  secrets: readonly string[];
  livemode: boolean;
  now: Date;
}

/**
 * Verifies once and parses once.
 * Source: https://docs.stripe.com/webhooks/signature (a signature is accepted for 300 seconds)
 */
export function parseStripeWebhook(
  request: WebhookRequest,
  settings: WebhookSettings,
): ProviderResult<ParsedWebhook> {
  const signature = request.headers["stripe-signature"];
  if (settings.secrets.length === 0) return fail("unauthenticated", "No webhook secret is configured");
  if (typeof signature !== "string") return fail("signature", "No stripe-signature header");
  const verified = verify(request.rawBody, signature, settings);
  if (verified.outcome === "failed") return verified;
  return { outcome: "ok", value: parseEvent(verified.value, settings) };
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

function parseEvent(event: Stripe.Event, settings: WebhookSettings): ParsedWebhook {
  const { id: eventId, type } = event;
  const ignored = (reason: "foreign" | "unknown_type" | "environment_mismatch"): ParsedWebhook => {
    return { eventId, type, outcome: "ignored", reason };
  };
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
    case "checkout.session.async_payment_failed":
    case "checkout.session.expired": {
      const session = event.data.object;
      const { projectId } = settings;
      if (event.livemode !== settings.livemode) return ignored("environment_mismatch");
      if (!isOurs(session, projectId)) return ignored("foreign");
      if (!isSameRelease(event.api_version))
        return { eventId, type, outcome: "refetch", sessionId: session.id };
      const happening =
        event.type === "checkout.session.async_payment_failed" ? "async_payment_failed" : "state";
      const news = toNews(session, { at: toDate(event.created), happening, projectId });
      return { eventId, type, outcome: "news", news };
    }
    default:
      return ignored("unknown_type");
  }
}

/** Shapes change with the release's name ("2026-10-28.endive"), not with its date. */
function isSameRelease(apiVersion: string | null): boolean {
  return apiVersion?.split(".")[1] === Stripe.API_VERSION.split(".")[1];
}

const envelopeSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
  object: z.literal("event"),
  type: z.string(),
  created: z.number(),
  livemode: z.boolean(),
  data: z.object({ object: z.object({ id: z.string().optional() }) }),
});

const malformed = fail("invalid_request", "The body is no event");

function fail(
  kind: ProviderFailure["kind"],
  detail: string,
): { outcome: "failed"; failure: ProviderFailure } {
  return { outcome: "failed", failure: { kind, retryable: false, detail } };
}
