import { readAll } from "../law/provider/pages.ts";
import { requirePrice } from "../seeker/world/catalogue.ts";
import type { Setting } from "../seeker/steps.ts";
import type { Stage } from "./stage.ts";

/** As many months as a loop lasts. */
const MONTHS = 3;
/** Of the plans of the loops, one unit of each: what a month gives for nothing if nothing is asked for it. */
const plans = ["price_small", "price_large", "price_free"];

/**
 * The most credits that a loop's money can have bought, told by money alone and not by lines as the law does: what cards and
 * balance paid less what went to a balance, at the rate of the plans, which is the same for all; and what may be free.
 */
export async function readMostBought(
  { shop }: Stage,
  { percent, currency }: Pick<Setting, "percent" | "currency">,
): Promise<number> {
  const { amounts, credits } = requirePrice("price_small");
  const paid = await readAll(shop.stripe.invoices.list({ limit: 100, status: "paid" }));
  const kept = paid.reduce((sum, { total }) => sum + total, 0);
  const lines = paid.reduce((sum, invoice) => sum + invoice.lines.data.length, 0);
  const sold = percent === 100 ? 0 : (kept / (1 - percent / 100) / amounts[currency]) * credits;
  const free = plans.map(requirePrice).filter((plan) => percent === 100 || plan.amounts[currency] === 0);
  return sold + lines + MONTHS * free.reduce((sum, plan) => sum + plan.credits, 0);
}
