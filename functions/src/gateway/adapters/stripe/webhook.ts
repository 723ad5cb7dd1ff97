import { Stripe } from "stripe";
import type { ParsedWebhook, ProviderFailure, ProviderResult, WebhookRequest } from "../types.ts";
import { toDate, toNews } from "./checkout.ts";

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
      return { outcome: "ok", value: event };
    } catch (error) {
      if (error instanceof SyntaxError) return fail("invalid_request", "The body is not JSON");
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
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
      if (event.livemode !== settings.livemode) return ignored("environment_mismatch");
      const session = event.data.object;
      const happening =
        event.type === "checkout.session.async_payment_failed" ? "async_payment_failed" : "state";
      const news = toNews(session, { projectId: settings.projectId, at: toDate(event.created), happening });
      if (!news) return ignored("foreign");
      if (!isSameRelease(event.api_version))
        return { eventId, type, outcome: "refetch", sessionId: session.id };
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

function fail(
  kind: ProviderFailure["kind"],
  detail: string,
): { outcome: "failed"; failure: ProviderFailure } {
  return { outcome: "failed", failure: { kind, retryable: false, detail } };
}
