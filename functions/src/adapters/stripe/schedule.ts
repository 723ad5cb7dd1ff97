import type { Stripe } from "stripe";
import type { DroppedChange } from "../paymentAdapter.ts";
import { readExpanded, toDate, toId } from "./checkout.ts";

/** The prices of the phases with their products. */
export const SCHEDULE = ["schedule.phases.items.price"];

/** The schedule that manages a subscription which was expanded by it; undefined if none does. */
export function readSchedule({ schedule }: Stripe.Subscription): Stripe.SubscriptionSchedule | undefined {
  const found = readExpanded(schedule);
  return found?.status === "active" ? found : undefined;
}

/** What the schedule would do after its current phase; undefined if nothing. */
export function toDroppedChange({
  phases,
  current_phase: current,
}: Stripe.SubscriptionSchedule): DroppedChange | undefined {
  const next = phases.find(({ start_date: start }) => current !== null && start >= current.end_date);
  const item = next?.items[0];
  if (!next || !item) return undefined;
  const price = readExpanded(item.price);
  return {
    productId: (price && "product" in price && toId(price.product)) || null,
    priceId: toId(item.price) ?? null,
    quantity: item.quantity ?? 1,
    at: toDate(next.start_date),
  };
}
