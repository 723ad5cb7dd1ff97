import type { Currency } from "./world/catalogue.ts";
import type { Move } from "./world/moves.ts";
import type { Behavior, Mode } from "./world/types.ts";

/** How a story is gone through. `percent` is off for ever. */
export interface Setting {
  behavior: Behavior;
  percent: 0 | 50 | 100;
  mode: Mode;
  currency: Currency;
}

export const usually: Setting = { behavior: "always_invoice", percent: 0, mode: "itemized", currency: "usd" };

export const ada = { userId: "ada", pick: 0 } as const;

export function subscribe(setting: Setting, priceId: string): Move {
  const { percent, mode, currency } = setting;
  const coupon = percent === 0 ? null : ({ percent, duration: "forever" } as const);
  return {
    type: "subscribe",
    userId: "ada",
    payerId: "ada",
    priceId,
    quantity: 1,
    mode,
    currency,
    coupon,
    hasTrial: false,
  };
}

export function change(
  { behavior }: Pick<Setting, "behavior">,
  to: { priceId: string; quantity?: number; pick?: number; cardWorks?: boolean },
): Move {
  return { type: "change", ...ada, quantity: 1, behavior, cardWorks: true, ...to };
}

export function wait(hours: number): Move {
  return { type: "wait", hours, cardWorks: true };
}
