export { startLocalStripe, type LocalStripe, type LocalStripeOptions } from "./http/server.ts";
export type { WebhookEndpoint } from "./operations/events/endpoint.ts";
