import { requirePrice } from "../../objects/catalogue/prices.ts";
import { idOf } from "../../objects/store/store.ts";
import { deletePrice } from "../../operations/catalogue/prices.ts";
import type { ControlCall } from "./call.ts";
import { ControlError, requireEmpty } from "./input.ts";

/** Deletes a price that was never sold, which Stripe's dashboard can and its API cannot. */
export function removePrice({ account, id, body }: ControlCall): object {
  requireEmpty(body);
  const context = account.context(null);
  const price = requirePrice(context, id);
  if (account.store.products.read(idOf(price.product) ?? "")?.default_price === id) {
    throw new ControlError(409, `Cannot delete price "${id}": it is the default price of its product`);
  }
  if (account.store.soldPrices.has(id)) {
    throw new ControlError(409, `Cannot delete price "${id}": it has been used`);
  }
  deletePrice(context, price);
  return { id, object: "price", deleted: true };
}
