import { Firestore } from "@google-cloud/firestore";
import { defineBoolean, defineInt, defineSecret, defineString, projectID } from "firebase-functions/params";
import type { CallableRequest } from "firebase-functions/https";
import { PaymentAdapterFactory } from "./adapters/factory.ts";
import type { Provider } from "./adapters/provider.ts";
import { providers } from "./adapters/providers.ts";
import type { CheckoutContext } from "./checkout/createPaymentSession.ts";
import type { CreditContext } from "./credits/decide.ts";
import type { SweepContext } from "./credits/sweep.ts";
import type { PlanContext } from "./plans/cancel.ts";
import { openDirectory } from "./platform/auth/accounts.ts";
import { requireClaim, type Caller } from "./platform/caller.ts";
import { splitList } from "./platform/list.ts";
import { withoutTracing } from "./platform/workarounds/withoutTracing.ts";
import type { ReconciliationContext } from "./reconciliation/reconcile.ts";

const region = "us-central1";
const DEFAULT_ADMIN_CLAIM = "admin";

const secrets = new Map(
  providers.flatMap((provider) => provider.secrets.map((name) => [name, defineSecret(name)])),
);
const frontendUrl = defineString("FRONTEND_URL", {
  description: "The app's address, such as https://example.com: where a buyer returns after the checkout",
});
const allowedRedirectOrigins = defineString("ALLOWED_REDIRECT_ORIGINS", {
  default: "",
  description: "Other origins that a buyer may return to, separated by commas",
});
const maxCallsPerMinute = defineInt("MAX_CALLS_PER_MINUTE", {
  default: 60,
  description: "Calls of one user in a minute that reach the payment provider",
});
const maxCheckoutsPerHour = defineInt("MAX_CHECKOUTS_PER_HOUR", {
  default: 30,
  description: "New checkouts of one user in an hour",
});
const maxOpenSessions = defineInt("MAX_OPEN_SESSIONS", {
  default: 20,
  description: "Checkouts of one user that can be paid at the same time",
});
const fraudFreezeDays = defineInt("FRAUD_FREEZE_DAYS", {
  default: 30,
  description: "Days for which a bank's warning of fraud freezes a payment's credits",
});
const adminClaim = defineString("ADMIN_CLAIM", {
  default: DEFAULT_ADMIN_CLAIM,
  description: "The custom claim that makes a user an admin of Gateway, if it is true",
});
const enforceAppCheck = defineBoolean("ENFORCE_APP_CHECK", {
  default: false,
  description: "Refuse calls that carry no App Check token",
});

/** Options of every function. */
export const baseOptions = { region };
/** Options of the functions that reach a provider. */
export const providerOptions = { region, secrets: [...secrets.values()] };
/** Options of the callables. */
export const callableOptions = { ...baseOptions, enforceAppCheck };
export const providerCallableOptions = { ...providerOptions, enforceAppCheck };
/** Of those that work on many things; nine minutes are the most that the platform gives to a schedule, too. */
export const longCallableOptions = { ...providerCallableOptions, timeoutSeconds: 540 };

/** What all of Gateway's functions need; each room takes only its part. */
export interface GatewayContext extends CreditContext, PlanContext, CheckoutContext, ReconciliationContext {}

/** Throws `permission_denied` for a caller who is no admin; an unset param reads as "". */
export function requireAdmin(request: CallableRequest): Caller {
  return requireClaim(request, adminClaim.value() || DEFAULT_ADMIN_CLAIM);
}

let database: Firestore | undefined;
let context: GatewayContext | undefined;

export function creditContext(): CreditContext {
  database ??= withoutTracing(() => new Firestore());
  return { db: database, now: () => new Date() };
}

/** What the hourly sweep needs; it knows no provider either. */
export function sweepContext(): SweepContext {
  return { ...creditContext(), fraudFreezeDays: requirePositive(fraudFreezeDays) };
}

/** Built on first use, once per instance: loading this module reads no secret and opens no connection. */
export function gatewayContext(): GatewayContext {
  context ??= {
    ...creditContext(),
    adapters: new PaymentAdapterFactory(
      Object.fromEntries(providers.map((provider) => [provider.name, () => buildAdapter(provider)])),
      { defaultProvider: providers[0].name },
    ),
    projectId: projectID.value(),
    accounts: openDirectory(projectID.value()),
    redirects: {
      frontendUrl: frontendUrl.value(),
      allowedOrigins: splitList(allowedRedirectOrigins.value()),
    },
    // Read when calls are counted, so that a mistake in them does not stop webhooks.
    get limits() {
      return {
        callsPerMinute: requirePositive(maxCallsPerMinute),
        checkoutsPerHour: requirePositive(maxCheckoutsPerHour),
        openSessions: requirePositive(maxOpenSessions),
      };
    },
    newId: () => crypto.randomUUID(),
  };
  return context;
}

async function buildAdapter(provider: Provider) {
  return await provider.build({
    projectId: projectID.value(),
    readSecret: (name) => secrets.get(name)?.value() ?? "",
    baseUrl: readBaseUrl(provider),
  });
}

/** Only the emulator may point at another server than the provider's. */
function readBaseUrl({ name }: Provider): URL | undefined {
  if (process.env["FUNCTIONS_EMULATOR"] !== "true") return undefined;
  const baseUrl = process.env[`${name.toUpperCase()}_API_BASE_URL`];
  return baseUrl ? new URL(baseUrl) : undefined;
}

/** Limits must be positive; an unset param reads as 0. */
function requirePositive(param: typeof maxCallsPerMinute): number {
  const value = param.value();
  if (value > 0) return value;
  throw new Error(`Cannot use ${param.name} ${value}: expected a whole number above 0`);
}
