import type { Stripe } from "stripe";
import { requireSession } from "../../objects/checkout/sessions.ts";
import { takeCrossSell, takeUpsell } from "../../operations/checkout/addOns.ts";
import { expireSession } from "../../operations/checkout/expire.ts";
import { paySession } from "../../operations/checkout/pay.ts";
import { selectCurrency } from "../../operations/checkout/selectCurrency.ts";
import { settleBankDebit } from "../../operations/checkout/settle.ts";
import type { PayWith } from "../../operations/payments/keepCard.ts";
import { currency } from "../../platform/currencies.ts";
import type { ControlCall } from "./call.ts";
import { ControlError, ControlInput, requireEmpty } from "./input.ts";

const DEFAULT_CARD = "4242424242424242";
const DEFAULT_EMAIL = "buyer@example.com";

/** Pays a session as its buyer would; a declined card answers 402 with Stripe's error. */
export function pay({ account, id, body }: ControlCall): Stripe.Checkout.Session {
  const input = new ControlInput(body, ["card", "method", "email", "name"]);
  const session = requireSession(account, id);
  const payer = {
    email: input.readString("email") ?? DEFAULT_EMAIL,
    name: input.readString("name") ?? "Jenny Rosen",
  };
  const result = paySession(account.context(null), session, {
    payWith: payWith(account.clock.nowMs(), input),
    payer,
  });
  if (result.outcome === "declined") throw result.error;
  if (result.outcome === "unsupported_method") throw new ControlError(400, result.message);
  if (result.outcome === "customer_deleted") throw new ControlError(409, result.message);
  if (result.outcome === "complete") return result.session;
  throw new ControlError(409, `Cannot pay session "${id}": it is ${result.session.status}`);
}

function payWith(nowMs: number, input: ControlInput): PayWith {
  const method = input.readOneOf("method", ["card", "bank_debit"]) ?? "card";
  const number = input.readString("card");
  if (method === "card") {
    return { method, number: number ?? DEFAULT_CARD, month: 12, year: new Date(nowMs).getUTCFullYear() + 3 };
  }
  if (number !== undefined) throw new ControlError(400, 'Invalid "card": a bank debit has none');
  return { method };
}

/** Takes a cross-sell or an upsell that the merchant's dashboard offers in an open session. */
export function addOn({ account, id, body }: ControlCall): Stripe.Checkout.Session {
  const input = new ControlInput(body, ["price", "quantity", "kind"]);
  const price = input.readString("price");
  if (price === undefined) throw new ControlError(400, 'Invalid "price": expected the id of a price');
  const quantity = input.readAmount("quantity");
  const [context, session] = [account.context(null), requireSession(account, id)];
  if (input.requireOneOf("kind", ["cross_sell", "upsell"]) === "cross_sell")
    return takeCrossSell(context, session, { price, quantity: quantity ?? 1 });
  if (quantity !== undefined)
    throw new ControlError(400, 'Invalid "quantity": an upsell keeps that of the order');
  return takeUpsell(context, session, price);
}

/** Shows an open session in the currency of its buyer. */
export function chooseCurrency({ account, id, body }: ControlCall): Stripe.Checkout.Session {
  const wanted = new ControlInput(body, ["currency"]).readString("currency") ?? "";
  const session = requireSession(account, id);
  return selectCurrency(account.context(null), session, currency.decode(wanted, "currency"));
}

/** Expires an open session. */
export function expire({ account, id, body }: ControlCall): Stripe.Checkout.Session {
  requireEmpty(body);
  return expireSession(account.context(null), requireSession(account, id));
}

/** Ends a bank debit that is processing. */
export function settle({ account, id, body }: ControlCall): Stripe.PaymentIntent {
  const outcome = new ControlInput(body, ["outcome"]).requireOneOf("outcome", ["succeeded", "failed"]);
  const intent = account.store.paymentIntents.read(id);
  if (intent === undefined) throw new ControlError(404, `Cannot settle payment intent "${id}": not found`);
  const settled = settleBankDebit(account.context(null), id, outcome);
  if (settled === undefined)
    throw new ControlError(409, `Cannot settle payment intent "${id}": it is ${intent.status}`);
  return settled;
}
