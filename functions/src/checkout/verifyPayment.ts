import * as z from "zod";
import { requireAdapter, requireValue, type ProviderContext } from "../adapters/require.ts";
import { withinLimit, type LimitContext } from "../buyers/limits.ts";
import type { VerifyPaymentInput, VerifyPaymentResult } from "../contract/calls.ts";
import { readGrantedCredits } from "../credits/db.ts";
import { toCreditsState } from "../credits/entitlement.ts";
import { applyNews } from "../news/applyNews.ts";
import { newsWithLater } from "../news/later.ts";
import { readPayment } from "../payments/db.ts";
import type { Payment, PaymentSession } from "../payments/documents.ts";
import type { Caller } from "../platform/caller.ts";
import type { ProjectContext } from "../platform/context.ts";
import { GatewayError } from "../platform/errors.ts";
import { providerId, providerName } from "../platform/ids.ts";
import { acceptsExactly } from "../platform/schema.ts";
import { readBuyerAndSession } from "./db.ts";

export const verifyPaymentInput = acceptsExactly<VerifyPaymentInput>()(
  z
    .union([providerId, z.strictObject({ sessionId: providerId, provider: providerName.optional() })])
    .transform((input): { sessionId: string; provider?: string | undefined } =>
      typeof input === "string" ? { sessionId: input } : input,
    ),
);
export type VerifyPaymentRequest = z.output<typeof verifyPaymentInput>;

/**
 * Says how a session stands, asking the provider unless the payment is known to be made. It books no credits: it only
 * applies the facts that a webhook would bring. Another user's session is `not_found`, like one that does not exist.
 */
export async function verifyPayment(
  context: ProjectContext & ProviderContext & LimitContext,
  caller: Caller,
  request: VerifyPaymentRequest,
): Promise<VerifyPaymentResult> {
  const { sessionId } = request;
  const { userId } = caller;
  const { session: known, buyer } = await readBuyerAndSession(context.db, { userId, sessionId });
  if (known && !isOf(known, caller, request)) throw toNotFound(sessionId);
  if (known?.status === "completed" && known.paymentId !== null) {
    const { paymentId } = known;
    const [payment, granted] = await Promise.all([
      readPayment(context.db, paymentId),
      readGrantedCredits(context.db, { userId, paymentId }),
    ]);
    if (payment) return toResult({ sessionId, session: known, paymentId, payment, granted });
  }
  const provider = known?.provider ?? request.provider;
  const adapter = await requireAdapter(context, provider);
  const applied = await withinLimit(context, { ...caller, buyer }, async () => {
    const fetched = await adapter.fetchCheckout(sessionId);
    if (fetched.outcome === "failed" && fetched.failure.kind === "not_found") throw toNotFound(sessionId);
    const news = requireValue(fetched, `Cannot verify session "${sessionId}"`);
    if (!known && news.order?.userId !== userId) throw toNotFound(sessionId);
    return await applyNews(context, adapter, await newsWithLater(context, adapter, news));
  });
  const { session, paymentId, payment } = applied;
  const isPaid = payment?.paidAt && paymentId !== null;
  const granted = isPaid ? await readGrantedCredits(context.db, { userId: session.userId, paymentId }) : 0;
  return toResult({ sessionId, ...applied, granted });
}

function isOf(session: PaymentSession, caller: Caller, { provider }: VerifyPaymentRequest): boolean {
  return session.userId === caller.userId && (provider ?? session.provider) === session.provider;
}

function toResult(found: {
  sessionId: string;
  session: PaymentSession;
  paymentId: string | null;
  payment: Payment | undefined;
  granted: number;
}): VerifyPaymentResult {
  const { sessionId, session, paymentId, payment, granted } = found;
  const status = payment?.status ?? session.status;
  return {
    success: status === "succeeded" || status === "partially_refunded",
    status,
    sessionId,
    paymentId,
    provider: session.provider,
    amount: payment?.amount ?? session.amount,
    currency: payment?.currency ?? session.currency,
    creditsAmount: (payment ?? session).worth.creditsAmount,
    credits: payment ? toCreditsState(payment, granted) : "none",
  };
}

function toNotFound(sessionId: string): GatewayError {
  return new GatewayError("not_found", `Cannot verify session "${sessionId}": not found`);
}
