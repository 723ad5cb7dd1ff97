import type { Stripe } from "stripe";
import type { ApiError } from "../api/errors.ts";
import type { Context } from "../context.ts";
import { idOf } from "../store/store.ts";
import { readCard } from "./cards.ts";
import { completeSession } from "./complete.ts";
import { cardError, declineAttempt } from "./decline.ts";
import { newCharge, newPaymentIntent, succeededCharge } from "./paymentObjects.ts";
import type { Payer } from "./paymentObjects.ts";
import { bankInstrument, cardInstrument } from "./paymentMethods.ts";
import type { Instrument } from "./paymentMethods.ts";
import { bankDebitFor } from "./paymentMethodTypes.ts";

/** What the buyer pays with; ignored when there is nothing to pay. */
export type PayWith =
  | { readonly method: "card"; readonly number: string; readonly month: number; readonly year: number }
  | { readonly method: "bank_debit" };

/** How an attempt to pay ended. `error` is Stripe's 402 card error. */
export type PayOutcome =
  | { readonly outcome: "complete"; readonly session: Stripe.Checkout.Session }
  | { readonly outcome: "not_open"; readonly session: Stripe.Checkout.Session }
  | { readonly outcome: "unsupported_method"; readonly message: string }
  | { readonly outcome: "declined"; readonly error: ApiError };

/** One attempt to pay an open session, as its buyer makes it on the checkout page. */
export function paySession(
  context: Context,
  session: Stripe.Checkout.Session,
  attempt: { readonly payWith: PayWith; readonly payer: Payer },
): PayOutcome {
  if (session.status !== "open") return { outcome: "not_open", session };
  const payer = { ...attempt.payer, email: session.customer_details?.email ?? attempt.payer.email };
  if (session.amount_total === 0) {
    return {
      outcome: "complete",
      session: completeSession(context, session, { payer, status: "no_payment_required" }),
    };
  }
  return attempt.payWith.method === "card"
    ? payByCard(context, session, { card: attempt.payWith, payer })
    : payByBank(context, session, payer);
}

function payByCard(
  context: Context,
  session: Stripe.Checkout.Session,
  { card, payer }: { card: Extract<PayWith, { method: "card" }>; payer: Payer },
): PayOutcome {
  if (!session.payment_method_types.includes("card")) return unsupported(session, "card");
  const read = readCard(card.number);
  if ("invalid" in read) return { outcome: "declined", error: cardError(read.invalid) };
  const now = context.clock.now();
  const instrument = cardInstrument(read.card, payer, { month: card.month, year: card.year, now });
  const { intent, charge } = startAttempt(context, session, { instrument, payer });
  if (read.card.decline !== undefined) {
    return {
      outcome: "declined",
      error: declineAttempt(context, {
        intent,
        charge,
        paymentMethod: instrument.paymentMethod,
        decline: read.card.decline,
      }),
    };
  }
  return {
    outcome: "complete",
    session: completeSession(
      context,
      currentSession(context, session),
      { payer, status: "paid" },
      (customer) => settleIntent(context, { intent, charge, customer }),
    ),
  };
}

function payByBank(context: Context, session: Stripe.Checkout.Session, payer: Payer): PayOutcome {
  const type = bankDebitFor(session.currency ?? "");
  if (type === undefined || !session.payment_method_types.includes(type))
    return unsupported(session, "bank_debit");
  const instrument = bankInstrument(type, payer, context.clock.now());
  const { intent, charge } = startAttempt(context, session, { instrument, payer });
  return {
    outcome: "complete",
    session: completeSession(
      context,
      currentSession(context, session),
      { payer, status: "unpaid" },
      (customer) => {
        const pending = context.store.charges.insert({ ...charge, customer });
        const processing = context.store.paymentIntents.replace({
          ...intent,
          customer,
          latest_charge: charge.id,
          status: "processing",
        });
        context.events.emit("payment_intent.processing", processing, context);
        context.events.emit("charge.pending", pending, context);
      },
    ),
  };
}

function unsupported(session: Stripe.Checkout.Session, method: string): PayOutcome {
  const offered = session.payment_method_types.join(", ");
  return {
    outcome: "unsupported_method",
    message: `Cannot pay session "${session.id}" with "${method}": it offers ${offered}`,
  };
}

/** The session's payment intent, made by the first attempt, with the new payment method on it. */
function startAttempt(
  context: Context,
  session: Stripe.Checkout.Session,
  { instrument, payer }: { instrument: Instrument; payer: Payer },
): { intent: Stripe.PaymentIntent; charge: Stripe.Charge } {
  const { store, clock } = context;
  store.paymentMethods.insert(instrument.paymentMethod);
  const created =
    store.paymentIntents.read(idOf(session.payment_intent) ?? "") ?? createIntent(context, session);
  const intent = store.paymentIntents.replace({
    ...created,
    last_payment_error: null,
    payment_method: instrument.paymentMethod.id,
  });
  const charge = newCharge(intent, payer, {
    paymentMethodId: instrument.paymentMethod.id,
    details: instrument.details,
    now: clock.now(),
  });
  return { intent, charge };
}

function createIntent(context: Context, session: Stripe.Checkout.Session): Stripe.PaymentIntent {
  const { store, clock } = context;
  const data = store.checkoutDetails.get(session.id)?.paymentIntentData;
  if (data === undefined) throw new Error(`Cannot pay session "${session.id}": its details are missing`);
  const intent = store.paymentIntents.insert(newPaymentIntent(session, data, clock.now()));
  store.sessions.replace({ ...session, payment_intent: intent.id });
  context.events.emit("payment_intent.created", intent, context);
  return intent;
}

function currentSession({ store }: Context, { id }: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const session = store.sessions.read(id);
  if (session === undefined) throw new Error(`Cannot pay session "${id}": not found`);
  return session;
}

function settleIntent(
  context: Context,
  {
    intent,
    charge,
    customer,
  }: { intent: Stripe.PaymentIntent; charge: Stripe.Charge; customer: string | null },
): void {
  const succeeded = context.store.charges.insert(succeededCharge({ ...charge, customer }));
  const paid = context.store.paymentIntents.replace({
    ...intent,
    amount_received: intent.amount,
    customer,
    latest_charge: succeeded.id,
    status: "succeeded",
  });
  context.events.emit("charge.succeeded", succeeded, context);
  context.events.emit("payment_intent.succeeded", paid, context);
}
