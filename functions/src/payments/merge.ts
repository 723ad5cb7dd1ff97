import type { PaymentNews } from "../adapters/paymentAdapter.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import {
  hasHidden,
  mergeFacts,
  mergeSessionStatus,
  noFacts,
  toAmountChargedBack,
  toAmountCredited,
  toAmountForgiven,
  toAmountRefunded,
  toFreezing,
  toHiddenFacts,
  toOpenFacts,
  toPaymentStatus,
} from "../model/facts.ts";
import type { Order } from "../model/order.ts";
import type { Payment, PaymentSession, PrivateFacts } from "./documents.ts";

/** A session document from the provider's checkout: a new one, or one that a crash kept from being written. */
export function toSession(
  subject: { provider: string; order: Order; checkout: PaymentNews["checkout"] },
  now: Date,
): PaymentSession {
  const { provider, order, checkout } = subject;
  return {
    ...order,
    provider,
    mode: checkout.mode,
    amount: checkout.amount,
    currency: checkout.currency ?? order.currency,
    status: "created",
    paymentId: null,
    successUrl: checkout.successUrl,
    cancelUrl: checkout.cancelUrl,
    expiresAt: checkout.expiresAt,
    providerData: checkout.providerData,
    createdAt: now,
    updatedAt: now,
  };
}

/** The session with the news merged in; if nothing changed, only `updatedAt` differs. */
export function mergeSession(session: PaymentSession, news: PaymentNews, now: Date): PaymentSession {
  const status = mergeSessionStatus(session.status, news.sessionStatus);
  return {
    ...session,
    // A promotion code changes the total while the buyer checks out.
    amount: status === session.status ? session.amount : news.checkout.amount,
    // A buyer may pay in another currency than that of the price.
    currency: status === session.status ? session.currency : (news.checkout.currency ?? session.currency),
    status,
    paymentId: news.paymentKey ? toPaymentId(session.provider, news.paymentKey) : session.paymentId,
    providerData: { ...session.providerData, ...news.checkout.providerData },
    updatedAt: now,
  };
}

/** A payment, and what of it is not for its user; that is undefined if there is nothing to hide. */
export interface WholePayment {
  payment: Payment;
  hidden: PrivateFacts | undefined;
}

/** The payment with the news merged in. What it is worth comes from our session: the buyer was shown that. */
export function mergePayment(
  known: WholePayment | undefined,
  subject: { session: PaymentSession; sessionId: string; news: PaymentNews },
  now: Date,
): WholePayment {
  const { session, sessionId, news } = subject;
  const first: Payment = known?.payment ?? {
    ...emptyPayment,
    userId: session.userId,
    provider: session.provider,
    sessionId,
    productId: session.productId,
    amount: session.amount,
    currency: session.currency,
    worth: session.worth,
    metadata: news.metadata,
    createdAt: now,
    updatedAt: now,
  };
  const providerData = { ...first.providerData, ...news.payment?.providerData };
  const payment = { ...first, providerData, ...toLivemode(news) };
  return mergePaymentFacts({ payment, hidden: known?.hidden }, news.payment?.facts ?? noFacts, now);
}

/** Each of the provider's objects says it of itself, so that it never changes. */
export function toLivemode({ livemode }: Pick<PaymentNews, "livemode">): Pick<Payment, "livemode"> {
  return livemode === undefined ? {} : { livemode };
}

/** The payment with more facts, and all that follows from them. */
export function mergePaymentFacts(
  { payment, hidden }: WholePayment,
  news: PaymentFacts,
  now: Date,
): WholePayment {
  const facts = mergeFacts(toWholeFacts({ payment, hidden }), news);
  return {
    payment: {
      ...payment,
      amount: facts.paid?.amount ?? payment.amount,
      currency: facts.paid?.currency ?? payment.currency,
      status: toPaymentStatus(facts),
      amountRefunded: toAmountRefunded(facts),
      amountChargedBack: toAmountChargedBack(facts),
      ...toOtherAmounts(facts),
      paidAt: facts.paid?.at ?? null,
      facts: toOpenFacts(facts),
      updatedAt: now,
    },
    hidden: hasHidden(facts) ? toPrivateFacts(facts, hidden, now) : hidden,
  };
}

/** All facts of a payment. Old documents have those in themselves that are hidden now. */
export function toWholeFacts({ payment, hidden }: WholePayment): PaymentFacts {
  return hidden ? mergeFacts(payment.facts, { ...noFacts, ...toHiddenFacts(hidden) }) : payment.facts;
}

function toPrivateFacts(facts: PaymentFacts, known: PrivateFacts | undefined, now: Date): PrivateFacts {
  const [frozenSince = null] = toFreezing(facts)
    .map(([, { at }]) => at)
    .toSorted((a, b) => a.getTime() - b.getTime());
  const freezing = { frozen: frozenSince !== null, frozenSince };
  return { ...toHiddenFacts(facts), ...freezing, createdAt: known?.createdAt ?? now, updatedAt: now };
}

/** What only some payments have. */
function toOtherAmounts(
  facts: PaymentFacts,
): Pick<Payment, "amountFromBalance" | "amountCredited" | "amountForgiven"> {
  const { fromBalance = 0 } = facts.paid ?? {};
  const [credited, forgiven] = [toAmountCredited(facts), toAmountForgiven(facts)];
  return {
    ...(fromBalance > 0 && { amountFromBalance: fromBalance }),
    ...(Object.keys(facts.creditNotes).length > 0 && { amountCredited: credited, amountForgiven: forgiven }),
  };
}

/** The fields of a payment without facts. */
export const emptyPayment = {
  status: "pending",
  amountRefunded: 0,
  amountChargedBack: 0,
  paidAt: null,
  providerData: {},
  facts: noFacts,
} as const;

/** `key` is the provider's key of the payment. */
export function toPaymentId(provider: string, key: string): string {
  return `${provider}_${key}`;
}
