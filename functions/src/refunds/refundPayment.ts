import * as z from "zod";
import { requireAdapter, requireSupport, requireValue, type ProviderContext } from "../adapters/require.ts";
import type { RefundPaymentInput, RefundPaymentResult } from "../contract/calls.ts";
import type { RefundFact } from "../contract/documents.ts";
import { Committer } from "../inbox/committer.ts";
import { applyUpdate } from "../payments/applyFacts.ts";
import { readPayment } from "../payments/db.ts";
import type { Payment } from "../payments/documents.ts";
import type { ProjectContext } from "../platform/context.ts";
import { GatewayError } from "../platform/errors.ts";
import { providerId, requestIdSchema, toKey } from "../platform/ids.ts";
import { acceptsExactly } from "../platform/schema.ts";

export const refundPaymentInput = acceptsExactly<RefundPaymentInput>()(
  z.strictObject({
    paymentId: providerId,
    amount: z.int().min(1).optional(),
    requestId: requestIdSchema,
  }),
);

/**
 * Gives money back, once for each `requestId`: the provider repeats its answer while it remembers the key, and after
 * that the refund's own facts carry the id. The payment's trigger then takes the credits back.
 */
export async function refundPayment(
  context: ProjectContext & ProviderContext,
  request: RefundPaymentInput,
): Promise<RefundPaymentResult> {
  const { paymentId, amount, requestId } = request;
  const payment = await readPayment(context.db, paymentId);
  if (!payment) throw new GatewayError("not_found", `Cannot refund payment "${paymentId}": not found`);
  const made = Object.values(payment.facts.refunds).find((refund) => refund.requestId === requestId);
  if (made) {
    requireSameAmount(made, request);
    return toResult(paymentId, payment);
  }
  requireRefundable(payment, request);
  const action = `Cannot refund payment "${paymentId}"`;
  const adapter = await requireAdapter(context, payment.provider);
  requireSupport(adapter, "refund", action);
  const { providerData, currency } = payment;
  const refunded = await adapter.refund(
    { providerData, amount, currency, requestId },
    { idempotencyKey: toKey("refund", [context.projectId, paymentId, requestId]) },
  );
  const update = requireValue(refunded, action);
  const key = paymentId.slice(`${payment.provider}_`.length);
  const subject = { provider: adapter.name, update: { ...update, key } };
  const applied = await applyUpdate(context, subject, new Committer(context));
  return toResult(paymentId, applied?.payment ?? payment);
}

function requireSameAmount(made: RefundFact, { paymentId, amount, requestId }: RefundPaymentInput): void {
  if (amount === undefined || amount === made.amount) return;
  const reason = `request "${requestId}" was for ${made.amount}`;
  throw new GatewayError("failed_precondition", `Cannot refund payment "${paymentId}": ${reason}`);
}

function requireRefundable(payment: Payment, { paymentId, amount }: RefundPaymentInput): void {
  const left = payment.facts.paid ? payment.amount - payment.amountRefunded : 0;
  if (left > 0 && (amount ?? left) <= left) return;
  throw new GatewayError(
    "failed_precondition",
    `Cannot refund payment "${paymentId}": only ${left} can be refunded`,
  );
}

function toResult(paymentId: string, payment: Payment): RefundPaymentResult {
  const { status, amount, amountRefunded, currency } = payment;
  return { paymentId, status, amount, amountRefunded, currency };
}
