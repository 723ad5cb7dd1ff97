import { requirePrice } from "../resources/prices.ts";
import { idOf } from "../store/store.ts";
import type { ControlCall } from "./handle.ts";
import { ControlError, requireEmpty } from "./input.ts";

/** Deletes a price that was never sold, as one does in Stripe's dashboard: the API cannot. */
export function deletePrice({ app, id, body }: ControlCall): object {
  requireEmpty(body);
  const context = app.context(null);
  const price = requirePrice(context, id);
  if (app.store.products.read(idOf(price.product) ?? "")?.default_price === id) {
    throw new ControlError(409, `Cannot delete price "${id}": it is the default price of its product`);
  }
  if (app.store.soldPrices.has(id)) {
    throw new ControlError(409, `Cannot delete price "${id}": it has been used`);
  }
  app.store.prices.remove(id);
  context.events.emit("price.deleted", price, context);
  return { id, object: "price", deleted: true };
}
