import { Stripe } from "stripe";
import { missingObject } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { reference, type Expansions } from "../store/expansions.ts";
import type { Store } from "../store/store.ts";

export const priceExpansions: Expansions = {
  price: {
    product: reference("products"),
    // Shown only if they are asked for, see https://docs.stripe.com/api/prices/object
    currency_options: (store, { id }) => toCurrencyOptions(store, String(id)),
    tiers: (store, { id }) => store.tiers.get(String(id)) ?? null,
  },
  plan: { product: reference("products") },
  "": { price: reference("prices") },
};

/** The price, or the refusal naming the parameter that asked for it. */
export function requirePrice({ store }: { store: Store }, id: string, param?: string): Stripe.Price {
  const price = store.prices.read(id);
  if (price === undefined) throw missingObject("price", id, param);
  return price;
}

function toCurrencyOptions(store: Store, priceId: string): Record<string, Stripe.Price.CurrencyOptions> {
  const price = store.prices.read(priceId);
  if (price === undefined) return {};
  const { custom_unit_amount, tax_behavior, unit_amount, unit_amount_decimal } = price;
  const others = Object.entries(store.currencyOptions.get(priceId) ?? {}).map(([currency, amount]) => [
    currency,
    {
      custom_unit_amount: null,
      tax_behavior,
      unit_amount: amount,
      unit_amount_decimal: Stripe.Decimal.from(amount),
    },
  ]);
  return {
    [price.currency]: { custom_unit_amount, tax_behavior, unit_amount, unit_amount_decimal },
    ...Object.fromEntries(others),
  };
}

/** What a unit costs in a currency; undefined if the price is not sold in it. */
export function unitAmountIn(store: Store, price: Stripe.Price, currency: string): number | undefined {
  if (price.currency === currency) return price.unit_amount ?? 0;
  return store.currencyOptions.get(price.id)?.[currency];
}

/** What a new price is made of. */
export type PriceSeed = Pick<
  Stripe.Price,
  | "active"
  | "created"
  | "currency"
  | "lookup_key"
  | "metadata"
  | "nickname"
  | "product"
  | "recurring"
  | "tax_behavior"
> &
  PriceKind;

/** How a price says what it costs. */
export type PriceKind = Pick<
  Stripe.Price,
  | "billing_scheme"
  | "custom_unit_amount"
  | "tiers_mode"
  | "transform_quantity"
  | "unit_amount"
  | "unit_amount_decimal"
>;

/** Whether a price is that of a unit: the only kind that this server sells. */
export function isPlain({
  billing_scheme: scheme,
  recurring,
  transform_quantity: transform,
  unit_amount: amount,
}: Stripe.Price): boolean {
  return (
    scheme === "per_unit" && recurring?.usage_type !== "metered" && transform === null && amount !== null
  );
}

/** A new price as Stripe shows it. */
export function newPrice(seed: PriceSeed): Stripe.Price {
  return {
    id: newId("price"),
    object: "price",
    active: seed.active,
    billing_scheme: seed.billing_scheme,
    created: seed.created,
    currency: seed.currency,
    custom_unit_amount: seed.custom_unit_amount,
    livemode: false,
    lookup_key: seed.lookup_key,
    metadata: seed.metadata,
    nickname: seed.nickname,
    product: seed.product,
    recurring: seed.recurring,
    tax_behavior: seed.tax_behavior,
    tiers_mode: seed.tiers_mode,
    transform_quantity: seed.transform_quantity,
    type: seed.recurring === null ? "one_time" : "recurring",
    unit_amount: seed.unit_amount,
    unit_amount_decimal: seed.unit_amount_decimal,
  };
}
