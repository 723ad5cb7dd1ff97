import type { Stripe } from "stripe";
import { invalidRequest, missingParameter } from "../../platform/errors.ts";
import { object, oneOf, type Decoded } from "../../platform/params.ts";

const fields = {
  type: oneOf("classic", "flexible"),
  flexible: object({ proration_discounts: oneOf("included", "itemized") }),
};

export const billingModeParam = object(fields);

type BillingModeParam = Decoded<typeof fields> | undefined;

/** Refuses a mode without a type, and settings of flexible billing for the other one. */
export function requireBillingMode(mode: BillingModeParam, param: string): void {
  if (mode !== undefined && mode.type === undefined) throw missingParameter(`${param}[type]`);
  if (mode?.type === "classic" && mode.flexible !== undefined) {
    throw invalidRequest("You can only specify `flexible` if the billing mode's type is `flexible`.", {
      param: `${param}[flexible]`,
    });
  }
}

/** Flexible without itemized discounts is the default, see https://docs.stripe.com/billing/subscriptions/billing-mode */
export function toBillingMode(mode: BillingModeParam): Stripe.Subscription.BillingMode {
  if (mode?.type === "classic") return { flexible: null, type: "classic" };
  const discounts = mode?.flexible?.proration_discounts ?? "included";
  return { flexible: { proration_discounts: discounts }, type: "flexible" };
}
