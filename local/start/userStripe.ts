import { join } from "node:path";
import { readEnvFile } from "../emulators/envFile.ts";
import { projectRoot } from "../paths.ts";
import { LOCAL_STRIPE } from "../suite.ts";

/** Where developers keep the key of their own Stripe test account. */
export const SECRETS_FILE = "functions/.secret.local";

/**
 * Whether the developer's secrets contain the key of their own Stripe account. Fails for a live key: nothing local may
 * move real money.
 */
export function hasOwnStripe(file = join(projectRoot, SECRETS_FILE)): boolean {
  const key = readEnvFile(file)["STRIPE_SECRET_KEY"] ?? "";
  if (/^[rs]k_live_/.test(key)) {
    throw new Error(`Cannot start: "${SECRETS_FILE}" holds a live Stripe key, use one of a test account`);
  }
  return key !== "" && key !== LOCAL_STRIPE.apiKey;
}
