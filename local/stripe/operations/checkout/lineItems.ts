import type { Stripe } from "stripe";
import { isPlain, requirePrice, unitAmountIn } from "../../objects/catalogue/prices.ts";
import { newLineItem } from "../../objects/checkout/lineItems.ts";
import { idOf } from "../../objects/store/store.ts";
import {
  exclusiveParameters,
  invalidRequest,
  missingObject,
  missingParameter,
} from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { integer, list, object, string, type Decoded } from "../../platform/params.ts";
import { createInlinePrice, inlinePriceParam } from "../catalogue/inlinePrices.ts";
import type { Context } from "../context/context.ts";

const lineItemFields = {
  price: string(),
  price_data: inlinePriceParam,
  quantity: integer({ min: 1, max: 999_999 }),
  metadata,
};

/** The `line_items` parameter of a new session. */
export const lineItemsParam = list(object(lineItemFields), { max: 100 });

/** Whether the items are paid once or repeatedly, and in that case whether a free trial comes first. */
export interface SaleTerms {
  recurs: boolean;
  trial: boolean;
  /** The currency to sell in; each price's own if undefined. */
  currency?: string | undefined;
}

/** The line items of a new session, before any discount. */
export function createLineItems(
  context: Context,
  params: ReturnType<typeof lineItemsParam.decode> = [],
  terms: SaleTerms,
): Stripe.LineItem[] {
  if (params.length === 0) throw missingParameter("line_items");
  const items = params.map((item, index) =>
    createLineItem(context, item, { path: `line_items[${index}]`, terms }),
  );
  if (terms.recurs) requireOneInterval(items);
  requireOneCurrency(items);
  return items;
}

function requireOneCurrency(items: readonly Stripe.LineItem[]): void {
  const currencies = new Set(items.map(({ currency }) => currency));
  if (currencies.size > 1) {
    throw invalidRequest(
      `All line items must use the same currency, but these were given: ${[...currencies].join(", ")}.`,
      { param: "line_items" },
    );
  }
}

/** What recurs in one checkout is billed together. */
export function requireOneInterval(items: readonly Stripe.LineItem[]): void {
  const intervals = items.map(
    ({ price }) => `${price?.recurring?.interval_count} ${price?.recurring?.interval}`,
  );
  if (new Set(intervals).size > 1) {
    throw invalidRequest("Checkout does not support multiple prices with different billing intervals.", {
      param: "line_items",
    });
  }
}

function createLineItem(
  context: Context,
  params: Decoded<typeof lineItemFields>,
  { path, terms }: { path: string; terms: SaleTerms },
): Stripe.LineItem {
  if (params.quantity === undefined) {
    throw invalidRequest(`Quantity is required. Add \`quantity\` to \`${path}\``, { param: path });
  }
  const { price, param } = requireGiven(context, params, path);
  const product = requireSellable(context, price, { param, recurs: terms.recurs });
  if (!isPlain(price)) {
    throw invalidRequest(
      "Local Stripe sells prices per unit only: no tiers, no metered usage, no transformed quantities, no decimal or custom amounts.",
      { param },
    );
  }
  const currency = terms.currency ?? price.currency;
  const unitAmount = unitAmountIn(context.store, price, currency);
  if (unitAmount === undefined) {
    throw invalidRequest(
      `The price specified is not available in \`${currency}\`. Add it to the price's \`currency_options\`.`,
      { param: "currency" },
    );
  }
  context.store.soldPrices.add(price.id);
  return newLineItem({
    amount: terms.trial ? 0 : unitAmount * params.quantity,
    currency,
    description: product.name,
    metadata: mergeMetadata({}, params.metadata),
    price,
    quantity: params.quantity,
  });
}

/** The price to sell and the parameter that names it; an inline price is made now. */
function requireGiven(
  context: Context,
  { price: id, price_data: data }: Decoded<typeof lineItemFields>,
  path: string,
): { price: Stripe.Price; param: string } {
  const [idParam, dataParam] = [`${path}[price]`, `${path}[price_data]`];
  if (id !== undefined && data !== undefined) throw exclusiveParameters(idParam, dataParam);
  if (data !== undefined) return { price: createInlinePrice(context, data, dataParam), param: dataParam };
  if (id === undefined) throw missingParameter(idParam);
  const price = requirePrice(context, id, idParam);
  requireActive(context, price, idParam);
  return { price, param: idParam };
}

function requireActive({ store }: Context, price: Stripe.Price, param: string): void {
  if (!price.active) {
    throw invalidRequest("The price specified is inactive. This field only accepts active prices.", {
      param,
    });
  }
  if (store.products.read(idOf(price.product) ?? "")?.active === false) {
    throw invalidRequest(
      `Price \`${price.id}\` is not available to be purchased because its product is not active.`,
      { param },
    );
  }
}

function requireSellable(
  { store }: Context,
  price: Stripe.Price,
  { param, recurs }: { param: string; recurs: boolean },
): Stripe.Product {
  const product = store.products.read(idOf(price.product) ?? "");
  if (product === undefined) throw missingObject("price", price.id, param);
  if (recurs && price.recurring === null) {
    throw invalidRequest(
      "Local Stripe does not support one-time prices in `subscription` mode: use recurring prices only.",
      { param },
    );
  }
  if (!recurs && price.recurring !== null) {
    throw invalidRequest(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      { param },
    );
  }
  return product;
}
