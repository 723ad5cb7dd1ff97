import type { Stripe } from "stripe";
import { attemptIntentOf, requireDetails } from "../../objects/checkout/details.ts";
import { collectsMethod } from "../../objects/checkout/sessions.ts";
import { bankDebitFor } from "../../objects/payments/bankDebits.ts";
import { readCard } from "../../objects/payments/cards.ts";
import { newCharge } from "../../objects/payments/charges.ts";
import {
  bankInstrument,
  cardInstrument,
  savedInstrument,
  type Instrument,
} from "../../objects/payments/instruments.ts";
import { newPaymentIntent } from "../../objects/payments/paymentIntents.ts";
import type { Payer } from "../../objects/payments/paymentMethods.ts";
import { testDebitOf } from "../../objects/payments/testDebits.ts";
import { idOf } from "../../objects/store/store.ts";
import type { ApiError } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { cardError, declineAttempt } from "../payments/decline.ts";
import { attachMethod, keepCard, type PayWith } from "../payments/keepCard.ts";
import { settleIntent } from "../payments/succeed.ts";
import { completeSession } from "./complete.ts";
import { startFrom } from "./subscribe.ts";

/** How an attempt to pay ended. `error` is Stripe's 402 card error. */
export type PayOutcome =
  | { outcome: "complete"; session: Stripe.Checkout.Session }
  | { outcome: "not_open"; session: Stripe.Checkout.Session }
  | { outcome: "unsupported_method"; message: string }
  /** The session was opened for a customer who has been deleted since. */
  | { outcome: "customer_deleted"; message: string }
  | { outcome: "declined"; error: ApiError };

/** One attempt to pay an open session, as its buyer makes it on the checkout page. */
export function paySession(
  context: Context,
  session: Stripe.Checkout.Session,
  attempt: { payWith: PayWith; payer: Payer },
): PayOutcome {
  if (session.status !== "open") return { outcome: "not_open", session };
  const customerId = idOf(session.customer);
  if (customerId !== null && context.store.customers.read(customerId) === undefined) {
    return {
      outcome: "customer_deleted",
      message: `Cannot pay session "${session.id}": its customer "${customerId}" was deleted`,
    };
  }
  const payer = { ...attempt.payer, email: session.customer_details?.email ?? attempt.payer.email };
  if (session.amount_total === 0) return completeFree(context, session, { ...attempt, payer });
  return attempt.payWith.method === "card"
    ? payByCard(context, session, { card: attempt.payWith, payer })
    : payByBank(context, session, { saved: attempt.payWith.saved, payer });
}

function completeFree(
  context: Context,
  session: Stripe.Checkout.Session,
  { payWith, payer }: { payWith: PayWith; payer: Payer },
): PayOutcome {
  const ending = { payer, status: "no_payment_required" } as const;
  if (session.mode !== "subscription") {
    return { outcome: "complete", session: completeSession(context, session, ending) };
  }
  const kept = collectsMethod(session) ? keepCard(context, payWith, payer) : undefined;
  if (kept?.outcome === "refused") return { outcome: "declined", error: cardError(kept.decline) };
  if (kept?.outcome === "no_card") return unsupported(session, "bank_debit");
  return {
    outcome: "complete",
    session: completeSession(context, session, ending, (customerId) =>
      startFrom(context, session, { customerId, paymentMethodId: kept?.paymentMethodId ?? null }),
    ),
  };
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
  const instrument =
    card.saved === undefined
      ? cardInstrument(read.card, payer, { month: card.month, year: card.year, now })
      : savedInstrument(card.saved, now);
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
      (customer) => {
        const paid = settleIntent(context, { intent, charge, customer });
        if (session.mode !== "subscription") return keepMethod(context, paid, customer);
        const paymentMethodId = instrument.paymentMethod.id;
        return startFrom(context, session, { customerId: customer, paymentMethodId, intent: paid });
      },
    ),
  };
}

/** Gives the customer what they paid with, if it is to be charged again. */
function keepMethod(
  context: Context,
  { payment_method: method, setup_future_usage: usage }: Stripe.PaymentIntent,
  customerId: string | null,
): Record<string, never> {
  const id = idOf(method);
  if (usage !== null && customerId !== null && id !== null) attachMethod(context, id, customerId);
  return {};
}

function payByBank(
  context: Context,
  session: Stripe.Checkout.Session,
  { saved, payer }: { saved: Stripe.PaymentMethod | undefined; payer: Payer },
): PayOutcome {
  const type = bankDebitFor(session.currency ?? "");
  if (type === undefined || !session.payment_method_types.includes(type))
    return unsupported(session, "bank_debit");
  if (saved !== undefined && saved.type !== type) return unsupported(session, saved.type);
  const now = context.clock.now();
  const instrument = saved === undefined ? bankInstrument(type, payer, now) : savedInstrument(saved, now);
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
        const debit = testDebitOf(instrument.paymentMethod);
        if (debit !== undefined) {
          const { outcome, afterSeconds } = debit;
          context.due.add({ kind: "settle_debit", id: intent.id, outcome }, now + afterSeconds);
        }
        return keepMethod(context, processing, customer);
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
  const { id: methodId } = instrument.paymentMethod;
  if (store.paymentMethods.read(methodId) === undefined)
    store.paymentMethods.insert(instrument.paymentMethod);
  const created =
    store.paymentIntents.read(attemptIntentOf(store, session) ?? "") ?? createIntent(context, session);
  const intent = store.paymentIntents.replace({
    ...created,
    last_payment_error: null,
    payment_method: methodId,
  });
  const charge = newCharge(intent, payer, {
    paymentMethodId: methodId,
    details: instrument.details,
    now: clock.now(),
  });
  return { intent, charge };
}

function createIntent(context: Context, session: Stripe.Checkout.Session): Stripe.PaymentIntent {
  const { store, clock } = context;
  const details = requireDetails(store, session.id);
  const recurs = session.mode === "subscription";
  const seed = {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? "",
    customer: idOf(session.customer),
    paymentMethodTypes: session.payment_method_types,
    data: {
      ...details.paymentIntentData,
      ...(recurs && { setupFutureUsage: "off_session" as const }),
    },
  };
  const intent = store.paymentIntents.insert(newPaymentIntent(seed, clock.now()));
  store.sessionOfIntent.set(intent.id, session.id);
  if (recurs) store.checkoutDetails.set(session.id, { ...details, attemptIntentId: intent.id });
  else store.sessions.replace({ ...session, payment_intent: intent.id });
  context.events.emit("payment_intent.created", intent, context);
  return intent;
}

function currentSession({ store }: Context, { id }: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const session = store.sessions.read(id);
  if (session === undefined) throw new Error(`Cannot pay session "${id}": not found`);
  return session;
}
