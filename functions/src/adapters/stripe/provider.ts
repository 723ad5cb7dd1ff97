import { splitList } from "../../platform/list.ts";
import { defineProvider } from "../provider.ts";

export const stripe = defineProvider({
  name: "stripe",
  secrets: ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
  build: async ({ projectId, readSecret, baseUrl }) => {
    const secretKey = readSecret("STRIPE_SECRET_KEY");
    if (!secretKey) throw new Error("Cannot build the Stripe adapter: STRIPE_SECRET_KEY is not set");
    const { StripeAdapter } = await import("./adapter.ts");
    const webhookSecrets = splitList(readSecret("STRIPE_WEBHOOK_SECRET"));
    return new StripeAdapter({ secretKey, webhookSecrets, projectId, baseUrl });
  },
});
