import type { SuiteAddresses } from "../../../local/suite.ts";

/** The addresses of a function's servers, and its configuration. */
export interface FunctionSettings extends Pick<
  SuiteAddresses,
  "projectId" | "firestoreHost" | "stripeUrl" | "stripeApiKey" | "webhookSecret"
> {
  readonly frontendUrl?: string;
  /** `host:port` of an Auth emulator, whose tokens are unsigned. Without one, tokens are verified as in production. */
  readonly authHost?: string;
}

/** A function's environment variables; undefined removes a variable. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const FRONTEND_URL = "https://app.example";

/** Makes functions read tokens without verifying them, as the functions emulator does. */
export const DECODED_TOKENS = {
  FIREBASE_DEBUG_MODE: "true",
  FIREBASE_DEBUG_FEATURES: JSON.stringify({ skipTokenVerification: true }),
} as const;

/**
 * The environment of every function that runs outside the emulator: that of Google's cloud, except for the addresses of
 * the servers. Only `FUNCTIONS_EMULATOR` allows another Stripe. The limits are higher than any test needs; a test of the
 * limits sets its own.
 */
export function toEnvironment(settings: FunctionSettings, variables: Environment = {}): Environment {
  const { projectId, frontendUrl = FRONTEND_URL, authHost } = settings;
  return {
    PATH: process.env["PATH"],
    METADATA_SERVER_DETECTION: "none",
    GCLOUD_PROJECT: projectId,
    FIREBASE_CONFIG: JSON.stringify({ projectId }),
    FIRESTORE_EMULATOR_HOST: settings.firestoreHost,
    FIREBASE_AUTH_EMULATOR_HOST: authHost,
    FUNCTIONS_EMULATOR: "true",
    STRIPE_API_BASE_URL: settings.stripeUrl,
    STRIPE_SECRET_KEY: settings.stripeApiKey,
    STRIPE_WEBHOOK_SECRET: settings.webhookSecret,
    FRONTEND_URL: frontendUrl,
    ALLOWED_REDIRECT_ORIGINS: "",
    ENFORCE_APP_CHECK: "false",
    ADMIN_CLAIM: "admin",
    MAX_CALLS_PER_MINUTE: "1000000",
    MAX_CHECKOUTS_PER_HOUR: "1000000",
    MAX_OPEN_SESSIONS: "1000000",
    FRAUD_FREEZE_DAYS: "30",
    ...variables,
  };
}
