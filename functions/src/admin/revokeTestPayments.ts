import type { PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireAdapter, requireValue, type ProviderContext } from "../adapters/require.ts";
import type { RevokeTestPaymentsInput, RevokeTestPaymentsResult, TestPayment } from "../contract/admin.ts";
import { toEntitlement } from "../credits/entitlement.ts";
import type { Payment } from "../payments/documents.ts";
import { revokePayment } from "../payments/revoke.ts";
import { endPlan } from "../plans/end.ts";
import type { StoreContext } from "../platform/context.ts";
import { DocumentError, GatewayError } from "../platform/errors.ts";
import { readPaymentsAfter, type Read } from "./db.ts";

export type RevokeContext = StoreContext & ProviderContext;

const PAGE_SIZE = 20;

/**
 * Takes back what was bought with test keys, a page of all payments at a time. What says that a payment is a test is the
 * provider's own object, never the key of today: payments outlive keys. It may be stopped anywhere and repeated: a
 * payment is revoked once, and nothing that is heard of it later gives anything back.
 */
export async function revokeTestPayments(
  context: RevokeContext,
  { dryRun, cursor = "", limit = PAGE_SIZE }: RevokeTestPaymentsInput,
): Promise<RevokeTestPaymentsResult> {
  const { payments, last } = await readPaymentsAfter(context.db, { after: cursor, limit });
  const result: RevokeTestPaymentsResult = { revoked: [], unknown: [], next: last ?? null };
  for (const read of payments) {
    const judged = await judge(context, read);
    const done = judged.outcome === "test" && !dryRun ? await tryRevoke(context, judged) : judged;
    if (done.outcome === "unknown") result.unknown.push(done.unknown);
    if (done.outcome === "test") result.revoked.push(done.test);
  }
  return result;
}

/** What of it cannot be read keeps nothing else from being revoked. */
async function tryRevoke(context: RevokeContext, judged: Judged & { outcome: "test" }): Promise<Judged> {
  const { provider } = judged.payment;
  const { paymentId, userId, subscriptionId } = judged.test;
  try {
    // First the plan: a payment that is revoked is not looked at again.
    if (subscriptionId !== undefined) await endPlan(context, { userId, provider, subscriptionId });
    await revokePayment(context, paymentId);
    return judged;
  } catch (error) {
    return toUnknown({ paymentId, userId }, error);
  }
}

type Judged =
  | { outcome: "test"; payment: Payment; test: TestPayment }
  | { outcome: "live" | "revoked" }
  | { outcome: "unknown"; unknown: RevokeTestPaymentsResult["unknown"][number] };

async function judge(context: RevokeContext, read: Read<Payment>): Promise<Judged> {
  const { id: paymentId } = read;
  if ("error" in read) return toUnknown({ paymentId, userId: null }, read.error);
  const { value: payment } = read;
  const { userId } = payment;
  if (payment.facts.revoked) return { outcome: "revoked" };
  try {
    const livemode = readStoredMode(payment) ?? (await fetchMode(context, paymentId, payment));
    if (livemode === undefined) return toUnknown({ paymentId, userId }, "the provider does not say");
    return livemode ? { outcome: "live" } : { outcome: "test", payment, test: toTest(paymentId, payment) };
  } catch (error) {
    return toUnknown({ paymentId, userId }, error);
  }
}

function toUnknown(subject: { paymentId: string; userId: string | null }, error: unknown): Judged {
  if (typeof error === "string") return { outcome: "unknown", unknown: { ...subject, reason: error } };
  if (!(error instanceof GatewayError || error instanceof DocumentError)) throw error;
  return { outcome: "unknown", unknown: { ...subject, reason: error.message } };
}

/**
 * What a payment's document says. Old ones lack `livemode`, but the ids of Stripe's sessions say it.
 * Source: https://docs.stripe.com/api/checkout/sessions/object
 */
function readStoredMode({ livemode, sessionId }: Payment): boolean | undefined {
  if (livemode !== undefined) return livemode;
  if (sessionId?.startsWith("cs_test_")) return false;
  return sessionId?.startsWith("cs_live_") ? true : undefined;
}

/** What the provider says today, if the keys of today reach the payment. */
async function fetchMode(
  context: RevokeContext,
  paymentId: string,
  { provider }: Payment,
): Promise<boolean | undefined> {
  const adapter: PaymentAdapter = await requireAdapter(context, provider);
  const key = paymentId.slice(provider.length + 1);
  const fetched = requireValue(await adapter.fetchPayment(key), `Cannot read payment "${paymentId}"`);
  return "invoice" in fetched ? fetched.invoice.livemode : fetched.news.livemode;
}

function toTest(paymentId: string, payment: Payment): TestPayment {
  const { userId, providerData } = payment;
  const { subscriptionId } = providerData;
  const { credits } = toEntitlement(payment);
  return { paymentId, userId, credits, ...(subscriptionId !== undefined && { subscriptionId }) };
}
