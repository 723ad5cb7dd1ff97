import type { Stripe } from "stripe";
import { newPrice, requirePrice, type PriceKind } from "../../objects/catalogue/prices.ts";
import { idOf } from "../../objects/store/store.ts";
import { byCurrency, currency } from "../../platform/currencies.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { boolean, integer, list, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

/** What a price inside a product's creation takes. */
export const priceDataFields = {
  currency,
  unit_amount: integer({ min: 0 }),
  unit_amount_decimal: string(),
  custom_unit_amount: object({
    enabled: boolean,
    minimum: integer({ min: 0 }),
    maximum: integer({ min: 0 }),
    preset: integer({ min: 0 }),
  }),
  currency_options: byCurrency(object({ unit_amount: integer({ min: 0 }) })),
  recurring: object({
    interval: oneOf("day", "week", "month", "year"),
    interval_count: integer({ min: 1, max: 1095 }),
    usage_type: oneOf("licensed", "metered"),
    meter: string(),
  }),
  metadata,
  tax_behavior: oneOf("unspecified", "inclusive", "exclusive"),
};

export const createPriceFields = {
  ...priceDataFields,
  product: string(),
  active: boolean,
  billing_scheme: oneOf("per_unit", "tiered"),
  tiers_mode: oneOf("graduated", "volume"),
  tiers: list(
    object({ up_to: string(), unit_amount: integer({ min: 0 }), flat_amount: integer({ min: 0 }) }),
  ),
  transform_quantity: object({ divide_by: integer({ min: 1 }), round: oneOf("up", "down") }),
  lookup_key: string(200),
  transfer_lookup_key: boolean,
  nickname: string(),
};

export const updatePriceFields = {
  active: boolean,
  tax_behavior: oneOf("inclusive", "exclusive"),
  metadata,
  nickname: string(),
  currency_options: byCurrency(object({ unit_amount: integer({ min: 0 }) })),
  lookup_key: string(200),
  transfer_lookup_key: boolean,
};

/** Creates a price: `price.created`. */
export function createPrice(context: Context, params: Decoded<typeof createPriceFields>): Stripe.Price {
  const price = insertPrice(context, params);
  context.events.emit("price.created", price, context);
  return price;
}

/** Creates a price without its event; `path` is where its parameters are in the request. */
export function insertPrice(
  context: Context,
  params: Decoded<typeof createPriceFields>,
  path?: string,
): Stripe.Price {
  const { store, clock } = context;
  const at = (name: string) => (path === undefined ? name : `${path}[${name}]`);
  if (params.currency === undefined) throw missingParameter(at("currency"));
  if (params.product === undefined) throw missingParameter("product");
  if (store.products.read(params.product) === undefined) {
    throw missingObject("product", params.product, "product");
  }
  requireAmount(params, at);
  if (params.recurring !== undefined && params.recurring.interval === undefined) {
    throw missingParameter(at("recurring[interval]"));
  }
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
  setCurrencyOptions(context, price, params.currency_options);
  return price;
}

/** Sets what a price costs in other currencies, see https://docs.stripe.com/payments/checkout/localize-prices/manual-currency-prices */
function setCurrencyOptions(
  { store }: Context,
  price: Stripe.Price,
  options: Decoded<typeof priceDataFields>["currency_options"],
): void {
  const amounts = Object.entries(options ?? {}).flatMap(([name, { unit_amount: amount }]) =>
    amount === undefined || name === price.currency ? [] : [[name, amount] as const],
  );
  if (amounts.length === 0) return;
  const known = store.currencyOptions.get(price.id) ?? {};
  store.currencyOptions.set(price.id, { ...known, ...Object.fromEntries(amounts) });
}

/** One way of saying what it costs, see https://docs.stripe.com/api/prices/create */
function requireAmount(params: Decoded<typeof createPriceFields>, at: (name: string) => string): void {
  const ways = [params.unit_amount, params.unit_amount_decimal, params.custom_unit_amount, params.tiers];
  const given = ways.filter((way) => way !== undefined).length;
  if (given === 0) throw missingParameter(at("unit_amount"));
  if (given > 1) {
    throw invalidRequest(
      "You may only specify one of these parameters: unit_amount, unit_amount_decimal, custom_unit_amount, tiers.",
      { param: at("unit_amount") },
    );
  }
  if ((params.billing_scheme === "tiered") !== (params.tiers !== undefined)) {
    throw invalidRequest(
      "You must pass `tiers` and `tiers_mode` with `billing_scheme` `tiered`, and only then.",
      {
        param: at("billing_scheme"),
      },
    );
  }
}

/** What is particular to a kind of price. */
function toKind(params: Decoded<typeof createPriceFields>): PriceKind {
  const decimal = params.unit_amount_decimal;
  const whole = decimal === undefined || !/^\d+(\.0+)?$/.test(decimal) ? params.unit_amount : Number(decimal);
  const custom = params.custom_unit_amount;
  return {
    billing_scheme: params.billing_scheme ?? "per_unit",
    custom_unit_amount: custom
      ? { maximum: custom.maximum ?? null, minimum: custom.minimum ?? null, preset: custom.preset ?? null }
      : null,
    tiers_mode: params.tiers_mode ?? null,
    transform_quantity:
      params.transform_quantity?.divide_by === undefined
        ? null
        : { divide_by: params.transform_quantity.divide_by, round: params.transform_quantity.round ?? "up" },
    unit_amount: whole ?? null,
    unit_amount_decimal: decimal ?? (whole === undefined ? null : String(whole)),
  };
}

function toRecurring(params: Decoded<typeof priceDataFields>["recurring"]): Stripe.Price.Recurring | null {
  if (params?.interval === undefined) return null;
  return {
    interval: params.interval,
    interval_count: params.interval_count ?? 1,
    meter: params.meter ?? null,
    trial_period_days: null,
    usage_type: params.usage_type ?? "licensed",
  };
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
