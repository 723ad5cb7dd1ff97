import type { Provider } from "./provider.ts";
import { stripe } from "./stripe/provider.ts";

/** The providers of a deployment. The first one is that of calls which name none. */
export const providers: readonly [Provider, ...Provider[]] = [stripe];
