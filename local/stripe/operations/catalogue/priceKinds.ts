import { Stripe } from "stripe";
import type { PriceKind } from "../../objects/catalogue/prices.ts";
import { exclusiveParameters, invalidRequest, missingParameter } from "../../platform/errors.ts";
import type { PriceParams, TierParams } from "./priceParams.ts";

type At = (name: string) => string;

/**
 * Refuses a price that does not say in exactly one way what it costs.
 * Source: https://docs.stripe.com/api/prices/create
 */
export function requireKind(params: PriceParams, at: At): void {
  requireOneAmount(params, at);
  if (params.custom_unit_amount !== undefined) requireCustom(params, at);
  const { tiers, tiers_mode: mode, billing_scheme: scheme = "per_unit" } = params;
  if ((scheme === "tiered") !== (tiers !== undefined) || (tiers === undefined) !== (mode === undefined)) {
    throw invalidRequest(
      "You must pass `tiers` and `tiers_mode` with `billing_scheme` `tiered`, and only then.",
      {
        param: at("billing_scheme"),
      },
    );
  }
  if (tiers !== undefined) requireTiers(tiers, at);
  requireTransformable(params, at);
  requireInterval(params.recurring, at);
}

function requireOneAmount(params: PriceParams, at: At): void {
  const ways = [params.unit_amount, params.unit_amount_decimal, params.custom_unit_amount, params.tiers];
  const given = ways.filter((way) => way !== undefined).length;
  if (given === 0) throw missingParameter(at("unit_amount"));
  if (given === 1) return;
  throw invalidRequest(
    "You may only specify one of these parameters: unit_amount, unit_amount_decimal, custom_unit_amount, tiers.",
    { param: at("unit_amount") },
  );
}

/** Buyers choose the amount of what they buy once, never that of a subscription. */
function requireCustom({ custom_unit_amount: custom, recurring }: PriceParams, at: At): void {
  if (custom?.enabled !== true) throw missingParameter(at("custom_unit_amount[enabled]"));
  if (recurring !== undefined) throw exclusiveParameters(at("custom_unit_amount"), at("recurring"));
}

/** Each tier ends above the one before it, and only the last has no end. */
function requireTiers(tiers: readonly TierParams[], at: At): void {
  const bounds = tiers.map(({ up_to: end }) => (end === null ? Infinity : (end ?? 0)));
  const ascends = bounds.every((bound, index) => bound > (bounds[index - 1] ?? 0));
  if (ascends && bounds.at(-1) === Infinity) return;
  throw invalidRequest("The `up_to` of `tiers` must ascend, and that of the last must be `inf`.", {
    param: at("tiers"),
  });
}

function requireTransformable({ transform_quantity: transform, tiers }: PriceParams, at: At): void {
  if (transform === undefined) return;
  if (tiers !== undefined) throw exclusiveParameters(at("transform_quantity"), at("tiers"));
  const missing = (["divide_by", "round"] as const).find((name) => transform[name] === undefined);
  if (missing !== undefined) throw missingParameter(at(`transform_quantity[${missing}]`));
}

/** Three years at most. */
const maximumCounts = { day: 1095, week: 156, month: 36, year: 3 } as const;

function requireInterval(recurring: PriceParams["recurring"], at: At): void {
  if (recurring === undefined) return;
  const { interval, interval_count: count = 1 } = recurring;
  if (interval === undefined) throw missingParameter(at("recurring[interval]"));
  if (count <= maximumCounts[interval]) return;
  throw invalidRequest("The interval of a price must be at most three years.", {
    param: at("recurring[interval_count]"),
  });
}

/** What is particular to a kind of price. */
export function toKind(params: PriceParams): PriceKind {
  const { custom_unit_amount: custom, transform_quantity: transform } = params;
  return {
    billing_scheme: params.billing_scheme ?? "per_unit",
    custom_unit_amount: custom
      ? { maximum: custom.maximum ?? null, minimum: custom.minimum ?? null, preset: custom.preset ?? null }
      : null,
    tiers_mode: params.tiers_mode ?? null,
    transform_quantity:
      transform?.divide_by === undefined
        ? null
        : { divide_by: transform.divide_by, round: transform.round ?? "up" },
    unit_amount: toWhole(params.unit_amount, params.unit_amount_decimal),
    unit_amount_decimal: toDecimal(params.unit_amount, params.unit_amount_decimal),
  };
}

export function toTiers(tiers: readonly TierParams[]): Stripe.Price.Tier[] {
  return tiers.map((tier) => ({
    flat_amount: toWhole(tier.flat_amount, tier.flat_amount_decimal),
    flat_amount_decimal: toDecimal(tier.flat_amount, tier.flat_amount_decimal),
    unit_amount: toWhole(tier.unit_amount, tier.unit_amount_decimal),
    unit_amount_decimal: toDecimal(tier.unit_amount, tier.unit_amount_decimal),
    up_to: tier.up_to ?? null,
  }));
}

/** Null if it has a part of a minor unit, see https://docs.stripe.com/api/prices/object#price_object-unit_amount */
function toWhole(amount: number | undefined, decimal: string | undefined): number | null {
  if (decimal === undefined) return amount ?? null;
  return Number.isInteger(Number(decimal)) ? Number(decimal) : null;
}

function toDecimal(amount: number | undefined, decimal: string | undefined): Stripe.Decimal | null {
  const text = decimal ?? amount;
  return text === undefined ? null : Stripe.Decimal.from(text);
}

export function toRecurring(params: PriceParams["recurring"]): Stripe.Price.Recurring | null {
  if (params?.interval === undefined) return null;
  return {
    interval: params.interval,
    interval_count: params.interval_count ?? 1,
    meter: params.meter ?? null,
    trial_period_days: null,
    usage_type: params.usage_type ?? "licensed",
  };
}
