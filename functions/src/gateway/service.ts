import { readCreditsState } from "../subscription/service.ts";
import type { PaymentAdapter } from "./adapters/types.ts";
import { applyFacts } from "./applyFacts.ts";
import { requireProduct, toOrder } from "./catalogue.ts";
import type { GatewayContext } from "./context.ts";
import {
  createSessionIfMissing,
  readBuyerAndProduct,
  readPayment,
  readSession,
  saveCustomerId,
} from "./db.ts";
import { GatewayError } from "./errors.ts";
import { toKey } from "./key.ts";
import { toSession } from "./payment.ts";
import { requireAdapter, requireValue } from "./provider.ts";
import { toRedirects } from "./redirects.ts";
import {
  type CreatePaymentSessionRequest,
  type CreatePaymentSessionResult,
  type Payment,
  type PaymentSession,
  type VerifyPaymentRequest,
  type VerifyPaymentResult,
} from "./types.ts";

/** The signed-in caller, from the token. */
export interface Caller {
  userId: string;
  email: string | undefined;
}

/**
 * Opens a checkout for one product and remembers it. Nothing is written before the provider has agreed, and the
 * provider keeps enough to rebuild what a crash after its answer would lose.
 */
export async function createPaymentSession(
  context: GatewayContext,
  caller: Caller,
  request: CreatePaymentSessionRequest,
): Promise<CreatePaymentSessionResult> {
  const redirects = toRedirects(request, context.redirects);
  const adapter = await requireAdapter(context, request.provider);
  const { productId, priceId, quantity = 1 } = request;
  const { userId } = caller;
  const known = await readBuyerAndProduct(context.db, { userId, provider: adapter.name, productId });
  const product = known.product ?? (await requireProduct(context, adapter, productId));
  const order = toOrder(product, { userId, productId, priceId, quantity });
  if (product.prices[order.priceId]?.type === "recurring") throw recurringIsUnsupported(productId);
  const customerId = known.customerId ?? (await createCustomer(context, adapter, caller));
  const created = await adapter.createCheckout(
    { order, mode: "payment", customerId, ...redirects },
    { idempotencyKey: toCheckoutKey(context, caller.userId, request.requestId) },
  );
  const checkout = requireValue(created, `Cannot create a checkout for product "${productId}"`);
  if (checkout.url === null) throw new Error(`Cannot use checkout "${checkout.sessionId}": it has no page`);
  const session = toSession({ provider: adapter.name, order, checkout }, context.now());
  await createSessionIfMissing(context.db, checkout.sessionId, session);
  return {
    sessionId: checkout.sessionId,
    url: checkout.url,
    expiresAt: checkout.expiresAt.toISOString(),
    provider: adapter.name,
  };
}

/**
 * Says how a session stands, asking the provider unless the payment is known to be made. It books no credits: it only
 * brings in the facts that a webhook would. Another user's session is `not_found`, like one that does not exist.
 */
export async function verifyPayment(
  context: GatewayContext,
  caller: Caller,
  request: VerifyPaymentRequest,
): Promise<VerifyPaymentResult> {
  const { sessionId } = request;
  const known = await readSession(context.db, sessionId);
  if (known && known.userId !== caller.userId) throw unknownSession(sessionId);
  if (known?.status === "completed" && known.paymentId !== null) {
    const payment = await readPayment(context.db, known.paymentId);
    return await toResult(context, { sessionId, session: known, paymentId: known.paymentId, payment });
  }
  const provider = known?.provider ?? request.provider;
  const adapter = await requireAdapter(context, provider);
  const fetched = await adapter.fetchCheckout(sessionId);
  if (fetched.outcome === "failed" && fetched.failure.kind === "not_found") throw unknownSession(sessionId);
  const news = requireValue(fetched, `Cannot verify session "${sessionId}"`);
  if (!known && news.order?.userId !== caller.userId) throw unknownSession(sessionId);
  const applied = await applyFacts(context, { provider: adapter.name, news });
  return await toResult(context, { sessionId, ...applied });
}

function recurringIsUnsupported(productId: string): GatewayError {
  const reason = "recurring prices are not supported";
  return new GatewayError("failed_precondition", `Cannot sell product "${productId}": ${reason}`);
}

/** The key makes two first purchases at once end with one customer. */
async function createCustomer(
  context: GatewayContext,
  adapter: PaymentAdapter,
  caller: Caller,
): Promise<string> {
  const { userId, email } = caller;
  const idempotencyKey = toKey("customer", [context.projectId, userId, email ?? ""]);
  const ensured = await adapter.ensureCustomer({ userId, email }, { idempotencyKey });
  const customerId = requireValue(ensured, "Cannot create the customer");
  await saveCustomerId(context.db, { userId, provider: adapter.name, customerId, now: context.now() });
  return customerId;
}

function toCheckoutKey(context: GatewayContext, userId: string, requestId: string | undefined): string {
  return toKey(
    "checkout",
    requestId === undefined ? [context.newId()] : [context.projectId, userId, requestId],
  );
}

async function toResult(
  context: GatewayContext,
  found: {
    sessionId: string;
    session: PaymentSession;
    paymentId: string | null;
    payment: Payment | undefined;
  },
): Promise<VerifyPaymentResult> {
  const { sessionId, session, paymentId, payment } = found;
  const status = payment?.status ?? session.status;
  return {
    success: status === "succeeded" || status === "partially_refunded",
    status,
    sessionId,
    paymentId,
    provider: session.provider,
    amount: payment?.amount ?? session.amount,
    currency: payment?.currency ?? session.currency,
    creditsAmount: session.creditsAmount,
    credits: paymentId && payment ? await readCreditsState(context.db, paymentId, payment) : "none",
  };
}

function unknownSession(sessionId: string): GatewayError {
  return new GatewayError("not_found", `Cannot verify session "${sessionId}": not found`);
}
