import type { CreatedRange } from "../../objects/store/rows.ts";
import { integer, object, string, type Param } from "../../platform/params.ts";

/** The parameters every list takes. */
export const pageFields = {
  limit: integer({ min: 1, max: 100 }),
  starting_after: string(),
  ending_before: string(),
};

const rangeParam = object({ gt: integer(), gte: integer(), lt: integer(), lte: integer() });

/** `created=123` or `created[gte]=123`. */
export const created: Param<CreatedRange> = {
  inner: ["", ...rangeParam.inner],
  decode(value, path) {
    if (typeof value !== "string") return rangeParam.decode(value, path);
    const at = integer().decode(value, path);
    return { gte: at, lte: at };
  },
};

/** The index to search for objects that belong to a charge or a payment intent. */
export function chargeIndex(filter: {
  charge: string | undefined;
  intent: string | undefined;
}): { name: "charge" | "paymentIntent"; values: readonly string[] } | undefined {
  if (filter.charge !== undefined) return { name: "charge", values: [filter.charge] };
  return filter.intent === undefined ? undefined : { name: "paymentIntent", values: [filter.intent] };
}
