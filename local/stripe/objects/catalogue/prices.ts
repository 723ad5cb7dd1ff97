import { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import type { Store } from "../store/store.ts";

/** The price, or the refusal naming the parameter that asked for it. */
export function requirePrice({ store }: { store: Store }, id: string, param?: string): Stripe.Price {
  const price = store.prices.read(id);
  if (price === undefined) throw missingObject("price", id, param);
  return price;
}
