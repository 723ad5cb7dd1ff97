import type { PaymentNews } from "./adapters/types.ts";
import { mergeFacts, mergeSessionStatus, noFacts, toAmountRefunded, toPaymentStatus } from "./facts.ts";
import type { Order, Payment, PaymentSession } from "./types.ts";

/** A session document from what the provider holds: the first one, or the one a crash kept from being written. */
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

/** The session with the news merged in; only `updatedAt` tells when nothing changed. */
export function mergeSession(session: PaymentSession, news: PaymentNews, now: Date): PaymentSession {
  const status = mergeSessionStatus(session.status, news.sessionStatus);
  return {
    ...session,
    // A promotion code changes the total while the buyer checks out.
    amount: status === session.status ? session.amount : news.checkout.amount,
    status,
    paymentId: news.payment ? toPaymentId(session.provider, news.payment.key) : session.paymentId,
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
  const facts = mergeFacts(known?.facts ?? noFacts, news.payment?.facts ?? noFacts);
  return {
    userId: session.userId,
    provider: session.provider,
    sessionId,
    productId: session.productId,
    amount: facts.paid?.amount ?? session.amount,
    currency: facts.paid?.currency ?? session.currency,
    status: toPaymentStatus(facts),
    amountRefunded: toAmountRefunded(facts),
    creditsAmount: session.creditsAmount,
    subscriptionDays: session.subscriptionDays,
    paidAt: facts.paid?.at ?? null,
    providerData: { ...known?.providerData, ...news.payment?.providerData },
    metadata: known?.metadata ?? news.metadata,
    facts,
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  };
}

export function toPaymentId(provider: string, key: string): string {
  return `${provider}_${key}`;
}
