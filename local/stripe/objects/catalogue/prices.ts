import type { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { reference, type Expansions } from "../store/expansions.ts";
import type { Store } from "../store/store.ts";

export const priceExpansions: Expansions = {
  price: { product: reference("products") },
  plan: { product: reference("products") },
  "": { price: reference("prices") },
};

/** The price, or the refusal naming the parameter that asked for it. */
export function requirePrice({ store }: { store: Store }, id: string, param?: string): Stripe.Price {
  const price = store.prices.read(id);
  if (price === undefined) throw missingObject("price", id, param);
  return price;
}
