import type { SuiteAddresses } from "../../../local/suite.ts";

/** Where a function's servers are, and what is configured. */
export interface FunctionSettings extends Pick<
  SuiteAddresses,
  "projectId" | "firestoreHost" | "stripeUrl" | "stripeApiKey" | "webhookSecret"
> {
  readonly frontendUrl?: string;
  /** `host:port` of an Auth emulator, whose tokens nobody has signed. Without one they are verified as in production. */
  readonly authHost?: string;
}

/** What a function finds in its environment; undefined takes a variable away. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const FRONTEND_URL = "https://app.example";

/** Lets tokens be read and not verified, as the functions emulator does. */
export const DECODED_TOKENS = {
  FIREBASE_DEBUG_MODE: "true",
  FIREBASE_DEBUG_FEATURES: JSON.stringify({ skipTokenVerification: true }),
} as const;

/**
 * The environment of every function that runs outside the emulator: that of Google's cloud, but for the addresses of the
 * servers. `FUNCTIONS_EMULATOR` alone allows another Stripe. The limits are far above what is asked; a test of the limits
 * sets its own.
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
    MAX_CALLS_PER_MINUTE: "1000000",
    MAX_OPEN_SESSIONS: "1000000",
    ...variables,
  };
}
