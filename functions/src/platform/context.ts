import type { Firestore } from "@google-cloud/firestore";
import type { PaymentAdapterFactory } from "../adapters/factory.ts";
import type { Limits } from "../buyers/limits.ts";

/** What every service function needs from outside: the store, the providers, the settings, the clock and new ids. */
export interface GatewayContext {
  db: Firestore;
  adapters: PaymentAdapterFactory;
  projectId: string;
  redirects: RedirectSettings;
  limits: Limits;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** `frontendUrl` and `allowedOrigins` say where a buyer may be sent after the checkout. */
export interface RedirectSettings {
  frontendUrl: string;
  allowedOrigins: readonly string[];
}
