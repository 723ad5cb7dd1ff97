import { splitList } from "../../platform/list.ts";
import { defineProvider } from "../provider.ts";

export const stripe = defineProvider({
  name: "stripe",
  secrets: ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
  build: async ({ projectId, readSecret, baseUrl }) => {
    // A secret that was made from a file or with echo ends with a newline.
    const secretKey = readSecret("STRIPE_SECRET_KEY").trim();
    if (!secretKey) throw new Error("Cannot build the Stripe adapter: STRIPE_SECRET_KEY is not set");
    const { StripeAdapter } = await import("./adapter.ts");
    const webhookSecrets = splitList(readSecret("STRIPE_WEBHOOK_SECRET"));
    return new StripeAdapter({ secretKey, webhookSecrets, projectId, baseUrl });
  },
});
