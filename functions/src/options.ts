import { Firestore } from "@google-cloud/firestore";
import { defineBoolean, defineInt, defineSecret, defineString, projectID } from "firebase-functions/params";
import { PaymentAdapterFactory } from "./adapters/factory.ts";
import type { GatewayContext } from "./platform/context.ts";
import type { CreditContext } from "./credits/service.ts";

export const REGION = "us-central1";

export const stripeSecretKey = defineSecret("STRIPE_SECRET_KEY");
export const stripeWebhookSecret = defineSecret("STRIPE_WEBHOOK_SECRET");
const frontendUrl = defineString("FRONTEND_URL", {
  description: "The app's address, such as https://example.com: where a buyer returns after the checkout",
});
const allowedRedirectOrigins = defineString("ALLOWED_REDIRECT_ORIGINS", {
  default: "",
  description: "Further origins a buyer may return to, separated by commas",
});
const maxCallsPerMinute = defineInt("MAX_CALLS_PER_MINUTE", {
  default: 60,
  description: "Calls of one user in a minute that ask the payment provider for something",
});
const maxOpenSessions = defineInt("MAX_OPEN_SESSIONS", {
  default: 20,
  description: "Checkouts of one user that can be paid at the same time",
});
export const enforceAppCheck = defineBoolean("ENFORCE_APP_CHECK", {
  default: false,
  description: "Refuse calls that carry no App Check token",
});

let database: Firestore | undefined;
let gateway: GatewayContext | undefined;

/** What the credit functions need; they know no provider and no secret. */
export function creditContext(): CreditContext {
  // Spans that nobody collects take a tenth of a webhook's processor time; "on" in the environment brings them back.
  process.env["FIRESTORE_ENABLE_TRACING"] ??= "off";
  database ??= new Firestore();
  return { db: database, now: () => new Date() };
}

/** Built on first use, once an instance: loading this module reads no secret and opens no connection. */
export function gatewayContext(): GatewayContext {
  gateway ??= {
    ...creditContext(),
    adapters: new PaymentAdapterFactory({ stripe: buildStripeAdapter }, { defaultProvider: "stripe" }),
    projectId: projectID.value(),
    redirects: {
      frontendUrl: frontendUrl.value(),
      allowedOrigins: splitList(allowedRedirectOrigins.value()),
    },
    // Read where calls are counted: a mistake in them must not keep a webhook from its work.
    get limits() {
      return {
        callsPerMinute: requirePositive(maxCallsPerMinute),
        openSessions: requirePositive(maxOpenSessions),
      };
    },
    newId: () => crypto.randomUUID(),
  };
  return gateway;
}

async function buildStripeAdapter() {
  const secretKey = stripeSecretKey.value();
  if (!secretKey) throw new Error("Cannot build the Stripe adapter: STRIPE_SECRET_KEY is not set");
  const { StripeAdapter } = await import("./adapters/stripe/adapter.ts");
  return new StripeAdapter({
    secretKey,
    webhookSecrets: splitList(stripeWebhookSecret.value()),
    projectId: projectID.value(),
    baseUrl: readBaseUrl(),
  });
}

/** Only the emulator may point at another server than Stripe's. */
function readBaseUrl(): URL | undefined {
  const baseUrl =
    process.env["FUNCTIONS_EMULATOR"] === "true" ? process.env["STRIPE_API_BASE_URL"] : undefined;
  return baseUrl ? new URL(baseUrl) : undefined;
}

/** A limit of nothing is a mistake, and one that is not set says 0. */
function requirePositive(param: typeof maxCallsPerMinute): number {
  const value = param.value();
  if (value > 0) return value;
  throw new Error(`Cannot use ${param.name} ${value}: expected a whole number above 0`);
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
