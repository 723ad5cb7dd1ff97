import type { CreatedRange } from "../../objects/store/rows.ts";
import { integer, object, string, type Param } from "../../platform/params.ts";

/** The parameters every list takes. */
export const PAGE_FIELDS = {
  limit: integer({ min: 1, max: 100 }),
  starting_after: string(),
  ending_before: string(),
};

const RANGE = object({ gt: integer(), gte: integer(), lt: integer(), lte: integer() });

/** `created=123` or `created[gte]=123`. */
export const created: Param<CreatedRange> = {
  inner: ["", ...RANGE.inner],
  decode(value, path) {
    if (typeof value !== "string") return RANGE.decode(value, path);
    const at = integer().decode(value, path);
    return { gte: at, lte: at };
  },
};

/** How to find what belongs to a charge or a payment intent. */
export function chargeIndex(filter: {
  readonly charge: string | undefined;
  readonly intent: string | undefined;
}): { name: "charge" | "paymentIntent"; values: readonly string[] } | undefined {
  if (filter.charge !== undefined) return { name: "charge", values: [filter.charge] };
  return filter.intent === undefined ? undefined : { name: "paymentIntent", values: [filter.intent] };
}
