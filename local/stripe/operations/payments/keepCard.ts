import type { Stripe } from "stripe";
import { readCard, type Decline } from "../../objects/payments/cards.ts";
import { cardInstrument } from "../../objects/payments/instruments.ts";
import type { Payer } from "../../objects/payments/paymentMethods.ts";
import type { Context } from "../context/context.ts";
import { cardError } from "./decline.ts";

/** What the buyer pays with; ignored if there is nothing to pay. `saved` is a payment method that was made before. */
export type PayWith =
  | { method: "card"; number: string; month: number; year: number; saved?: Stripe.PaymentMethod }
  | { method: "bank_debit"; saved?: Stripe.PaymentMethod };

/** The result of saving a card without charging it. */
export type Kept =
  | { outcome: "kept"; paymentMethodId: string }
  | { outcome: "refused"; decline: Decline }
  | { outcome: "no_card" };

/** Saves a card to be charged later; banks refuse most declining cards already at this point. */
export function keepCard({ store, clock }: Context, payWith: PayWith, payer: Payer): Kept {
  if (payWith.method !== "card") return { outcome: "no_card" };
  const read = readCard(payWith.number);
  if ("invalid" in read) return { outcome: "refused", decline: read.invalid };
  const { card } = read;
  if (card.decline !== undefined && card.attaches !== true) {
    return { outcome: "refused", decline: card.decline };
  }
  const { month, year, saved } = payWith;
  if (saved !== undefined) return { outcome: "kept", paymentMethodId: saved.id };
  const { paymentMethod } = cardInstrument(card, payer, { month, year, now: clock.now() });
  return { outcome: "kept", paymentMethodId: store.paymentMethods.insert(paymentMethod).id };
}

/**
 * Saves a card and gives it to a customer: `payment_method.attached`. Returns the payment method's id.
 *
 * @throws ApiError 402 if the card's bank refuses it.
 */
export function giveCard(
  context: Context,
  customerId: string,
  { payWith, payer }: { payWith: PayWith; payer: Payer },
): string {
  const kept = keepCard(context, payWith, payer);
  if (kept.outcome === "refused") throw cardError(kept.decline);
  if (kept.outcome === "no_card") throw new Error("Cannot keep a card: it is none");
  attachMethod(context, kept.paymentMethodId, customerId);
  return kept.paymentMethodId;
}

/** Gives a payment method to a customer: `payment_method.attached`. */
export function attachMethod(
  { store, events, origin }: Context,
  paymentMethodId: string,
  customerId: string,
): Stripe.PaymentMethod {
  const paymentMethod = store.paymentMethods.read(paymentMethodId);
  if (paymentMethod === undefined) throw new Error(`Cannot attach "${paymentMethodId}": not found`);
  const attached = store.paymentMethods.replace({ ...paymentMethod, customer: customerId });
  events.emit("payment_method.attached", attached, { origin });
  return attached;
}
