import type { PaymentAdapter } from "./paymentAdapter.ts";

/** What a provider's adapter is built from. `readSecret` takes the names that the provider declares. */
export interface ProviderValues<Secret extends string> {
  projectId: string;
  readSecret: (name: Secret) => string;
  /** A server to use instead of the provider's, for development. */
  baseUrl: URL | undefined;
}

/** A payment provider as a deployment knows it. The secrets are bound to every function that may need them. */
export interface Provider<Secret extends string = string> {
  readonly name: string;
  readonly secrets: readonly Secret[];
  readonly build: (values: ProviderValues<Secret>) => Promise<PaymentAdapter>;
}

/** Infers the names of the secrets, so that `build` can read no others. */
export function defineProvider<const Secret extends string>(provider: Provider<Secret>): Provider<Secret> {
  return provider;
}
