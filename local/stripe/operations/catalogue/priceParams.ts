import { byCurrency, currency } from "../../platform/currencies.ts";
import { invalidRequest } from "../../platform/errors.ts";
import { metadata } from "../../platform/metadata.ts";
import {
  boolean,
  integer,
  list,
  object,
  oneOf,
  string,
  type Decoded,
  type Param,
} from "../../platform/params.ts";

/** Minor units with at most 12 decimal places, as text so that none is lost. */
const decimalAmount: Param<string> = {
  inner: [],
  decode(value, param) {
    const text = string().decode(value, param);
    if (/^\d+(\.\d{1,12})?$/.test(text)) return text;
    throw invalidRequest(`Invalid decimal: ${text}; must be at least 0, with at most 12 decimal places`, {
      param,
    });
  },
};

const amount = integer({ min: 0 });
const interval = oneOf("day", "week", "month", "year");
const currencyOptions = byCurrency(object({ unit_amount: amount }));

/** A quantity, or `inf` for the last tier. */
const upTo: Param<number | null> = {
  inner: [],
  decode: (value, param) => (value === "inf" ? null : integer({ min: 1 }).decode(value, param)),
};

const tier = object({
  up_to: upTo,
  unit_amount: amount,
  unit_amount_decimal: decimalAmount,
  flat_amount: amount,
  flat_amount_decimal: decimalAmount,
});

/** What a price that is made inside another object takes, such as the default price of a new product. */
export const priceDataFields = {
  currency,
  unit_amount: amount,
  unit_amount_decimal: decimalAmount,
  custom_unit_amount: object({ enabled: boolean, minimum: amount, maximum: amount, preset: amount }),
  currency_options: currencyOptions,
  recurring: object({ interval, interval_count: integer({ min: 1 }) }),
  metadata,
  tax_behavior: oneOf("unspecified", "inclusive", "exclusive"),
};

export const createPriceFields = {
  ...priceDataFields,
  recurring: object({
    interval,
    interval_count: integer({ min: 1 }),
    usage_type: oneOf("licensed", "metered"),
    meter: string(),
  }),
  product: string(),
  active: boolean,
  billing_scheme: oneOf("per_unit", "tiered"),
  tiers_mode: oneOf("graduated", "volume"),
  tiers: list(tier),
  transform_quantity: object({ divide_by: integer({ min: 1 }), round: oneOf("up", "down") }),
  lookup_key: string(200),
  transfer_lookup_key: boolean,
  nickname: string(),
};

export type PriceParams = Decoded<typeof createPriceFields>;
export type TierParams = NonNullable<PriceParams["tiers"]>[number];

export const updatePriceFields = {
  active: boolean,
  tax_behavior: oneOf("inclusive", "exclusive"),
  metadata,
  nickname: string(),
  currency_options: currencyOptions,
  lookup_key: string(200),
  transfer_lookup_key: boolean,
};
