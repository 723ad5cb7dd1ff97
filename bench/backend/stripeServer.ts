/** Local Stripe in a process of its own, so that its work is not done in the one that measures. */
import { startLocalStripe } from "../../local/stripe/index.ts";
import { LOCAL_STRIPE } from "../../local/suite.ts";

const { url } = await startLocalStripe({ port: 0, apiKey: LOCAL_STRIPE.apiKey, webhookEndpoints: [] });
process.send?.(url);
process.once("disconnect", () => process.exit());
