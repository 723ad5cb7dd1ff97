import type { Stripe } from "stripe";
import { newPrice, requirePrice } from "../../objects/catalogue/prices.ts";
import { idOf } from "../../objects/store/store.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata } from "../../platform/metadata.ts";
import type { Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";
import { requireKind, toKind, toRecurring, toTiers } from "./priceKinds.ts";
import type { PriceParams, updatePriceFields } from "./priceParams.ts";

/** Creates a price: `price.created`. */
export function createPrice(context: Context, params: PriceParams): Stripe.Price {
  const price = insertPrice(context, params);
  context.events.emit("price.created", price, context);
  return price;
}

/** Creates a price without its event; `path` is where its parameters are in the request. */
export function insertPrice(context: Context, params: PriceParams, path?: string): Stripe.Price {
  const { store, clock } = context;
  const at = (name: string) => (path === undefined ? name : `${path}[${name}]`);
  if (params.currency === undefined) throw missingParameter(at("currency"));
  if (params.product === undefined) throw missingParameter(at("product"));
  if (store.products.read(params.product) === undefined) {
    throw missingObject("product", params.product, at("product"));
  }
  requireKind(params, at);
  if (params.lookup_key !== undefined) takeLookupKey(context, params.lookup_key, params.transfer_lookup_key);
  const price = store.prices.insert(
    newPrice({
      active: params.active ?? true,
      created: clock.now(),
      currency: params.currency,
      lookup_key: params.lookup_key ?? null,
      metadata: mergeMetadata({}, params.metadata),
      nickname: params.nickname ?? null,
      product: params.product,
      recurring: toRecurring(params.recurring),
      tax_behavior: params.tax_behavior ?? "unspecified",
      ...toKind(params),
    }),
  );
  if (params.tiers !== undefined) store.tiers.set(price.id, toTiers(params.tiers));
  setCurrencyOptions(context, price, params.currency_options);
  return price;
}

/** Sets what a price costs in other currencies, see https://docs.stripe.com/payments/checkout/localize-prices/manual-currency-prices */
function setCurrencyOptions(
  { store }: Context,
  price: Stripe.Price,
  options: PriceParams["currency_options"],
): void {
  const amounts = Object.entries(options ?? {}).flatMap(([name, { unit_amount: amount }]) =>
    amount === undefined || name === price.currency ? [] : [[name, amount] as const],
  );
  if (amounts.length === 0) return;
  const known = store.currencyOptions.get(price.id) ?? {};
  store.currencyOptions.set(price.id, { ...known, ...Object.fromEntries(amounts) });
}

/** Frees a lookup key for another price, or refuses if it is taken and no transfer was requested. */
function takeLookupKey(
  { store, events, origin }: Context,
  key: string,
  transfer = false,
  ownerId?: string,
): void {
  const holder = store.prices.find("lookupKey", key);
  if (holder === undefined || holder.id === ownerId) return;
  if (!transfer) {
    throw invalidRequest(
      `A price (\`${holder.id}\`) already uses that lookup key. To transfer the lookup key to this price, set \`transfer_lookup_key\` to \`true\`.`,
      { code: "resource_already_exists", param: "lookup_key" },
    );
  }
  const freed = store.prices.replace({ ...holder, lookup_key: null });
  events.emit("price.updated", freed, { origin, previous: holder });
}

function requireNotDefault({ store }: Context, { id, product }: Stripe.Price): void {
  if (store.products.read(idOf(product) ?? "")?.default_price !== id) return;
  throw invalidRequest("This price cannot be archived because it is the default price of its product.");
}

export function updatePrice(
  context: Context,
  params: Decoded<typeof updatePriceFields>,
  id: string,
): Stripe.Price {
  const before = requirePrice(context, id);
  const {
    metadata: metadataChange,
    transfer_lookup_key: transfer,
    currency_options: options,
    ...plain
  } = params;
  setCurrencyOptions(context, before, options);
  if (plain.active === false) requireNotDefault(context, before);
  if (plain.lookup_key !== undefined) takeLookupKey(context, plain.lookup_key, transfer, id);
  const changed = {
    ...before,
    ...plain,
    metadata: mergeMetadata(before.metadata, metadataChange === undefined ? {} : metadataChange),
  };
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const price = context.store.prices.replace(changed);
  context.events.emit("price.updated", price, { origin: context.origin, previous: before });
  return price;
}

/** Deletes a price: `price.deleted`. */
export function deletePrice(context: Context, price: Stripe.Price): void {
  context.store.prices.remove(price.id);
  context.events.emit("price.deleted", price, context);
}
