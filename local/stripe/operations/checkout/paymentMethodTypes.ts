import { bankDebitFor } from "../../objects/payments/bankDebits.ts";
import { exclusiveParameters, invalidRequest } from "../../platform/errors.ts";

/**
 * The payment methods a session offers: what the account has for the currency, filtered as asked.
 * Types the account does not have are left out without an error, as Stripe does.
 */
export function paymentMethodTypes(
  currency: string,
  filter: {
    /** Local Stripe has no bank debits for subscriptions. */
    recurs: boolean;
    allowed?: readonly string[] | undefined;
    excluded?: readonly string[] | undefined;
  },
): string[] {
  if (filter.allowed !== undefined && filter.excluded !== undefined) {
    throw exclusiveParameters("allowed_payment_method_types", "excluded_payment_method_types");
  }
  const debit = filter.recurs ? undefined : bankDebitFor(currency);
  const types = ["card", ...(debit === undefined ? [] : [debit])].filter(
    (type) => filter.allowed?.includes(type) !== false && filter.excluded?.includes(type) !== true,
  );
  if (types.length === 0) {
    throw invalidRequest(
      "No valid payment method types for this Checkout Session. Please ensure that you have activated payment methods compatible with your chosen currency.",
      {
        param:
          filter.allowed === undefined ? "excluded_payment_method_types" : "allowed_payment_method_types",
      },
    );
  }
  return types;
}
