import type { PaymentNews } from "../adapters/paymentAdapter.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import {
  mergeFacts,
  mergeSessionStatus,
  noFacts,
  toAmountChargedBack,
  toAmountCredited,
  toAmountForgiven,
  toAmountRefunded,
  toFreezing,
  toPaymentStatus,
} from "../model/facts.ts";
import type { Order } from "../model/order.ts";
import type { Payment, PaymentSession } from "./documents.ts";

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

/** The payment with the news merged in. What it is worth comes from our session: the buyer was shown that. */
export function mergePayment(
  known: Payment | undefined,
  subject: { session: PaymentSession; sessionId: string; news: PaymentNews },
  now: Date,
): Payment {
  const { session, sessionId, news } = subject;
  const first: Payment = known ?? {
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
  return mergePaymentFacts(
    { ...first, providerData, ...toLivemode(news) },
    news.payment?.facts ?? noFacts,
    now,
  );
}

/** Each of the provider's objects says it of itself, so that it never changes. */
export function toLivemode({ livemode }: Pick<PaymentNews, "livemode">): Pick<Payment, "livemode"> {
  return livemode === undefined ? {} : { livemode };
}

/** The payment with more facts, and all that follows from them. */
export function mergePaymentFacts(payment: Payment, news: PaymentFacts, now: Date): Payment {
  const facts = mergeFacts(payment.facts, news);
  return {
    ...payment,
    amount: facts.paid?.amount ?? payment.amount,
    currency: facts.paid?.currency ?? payment.currency,
    status: toPaymentStatus(facts),
    amountRefunded: toAmountRefunded(facts),
    amountChargedBack: toAmountChargedBack(facts),
    ...toOtherAmounts(facts),
    ...toFrozenSince(facts),
    paidAt: facts.paid?.at ?? null,
    facts,
    updatedAt: now,
  };
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

/** Kept as null once it is over: a document loses no field when it is written. */
function toFrozenSince(facts: PaymentFacts): Pick<Payment, "frozenSince"> {
  if (Object.keys(facts.disputes).length === 0) return {};
  const [first] = toFreezing(facts)
    .map(([, { at }]) => at)
    .toSorted((a, b) => a.getTime() - b.getTime());
  return { frozenSince: first ?? null };
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
