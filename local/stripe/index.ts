export { startLocalStripe, type LocalStripe, type LocalStripeOptions } from "./http/server.ts";
