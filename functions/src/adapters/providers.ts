import type { Provider } from "./provider.ts";
import { stripe } from "./stripe/provider.ts";

/** The providers of a deployment. Calls that name none use the first one. */
export const providers: readonly [Provider, ...Provider[]] = [stripe];
