import { readCreditsState } from "../subscription/service.ts";
import type { Checkout, CheckoutRequest, PaymentAdapter } from "./adapters/types.ts";
import { requireProduct, toOrder } from "./catalogue.ts";
import type { GatewayContext } from "./context.ts";
import { createCustomer, ensureCustomer, type Caller } from "./customers.ts";
import { createSessionIfMissing, readBuyerAndProduct, readPayment, readSession } from "./db.ts";
import { GatewayError } from "./errors.ts";
import { toKey } from "./key.ts";
import { applyNews } from "./news.ts";
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
  const mode = product.prices[order.priceId]?.type === "recurring" ? "subscription" : "payment";
  const checkout = await createCheckout(context, adapter, {
    request: { order, mode, ...redirects },
    requestId: request.requestId,
    caller,
    customerId: await ensureCustomer(context, adapter, { caller, known: known.customer }),
  });
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
    const { paymentId } = known;
    const payment = await readPayment(context.db, paymentId);
    if (payment) return await toResult(context, { sessionId, session: known, paymentId, payment });
  }
  const provider = known?.provider ?? request.provider;
  const adapter = await requireAdapter(context, provider);
  const fetched = await adapter.fetchCheckout(sessionId);
  if (fetched.outcome === "failed" && fetched.failure.kind === "not_found") throw unknownSession(sessionId);
  const news = requireValue(fetched, `Cannot verify session "${sessionId}"`);
  if (!known && news.order?.userId !== caller.userId) throw unknownSession(sessionId);
  const applied = await applyNews(context, adapter, { news });
  return await toResult(context, { sessionId, ...applied });
}

/** With a new customer where the provider has lost the one we know: it was deleted there, or the keys are new. */
async function createCheckout(
  context: GatewayContext,
  adapter: PaymentAdapter,
  wanted: {
    request: Omit<CheckoutRequest, "customerId">;
    requestId: string | undefined;
    caller: Caller;
    customerId: string;
  },
): Promise<Checkout> {
  const { request, requestId, caller, customerId } = wanted;
  const idempotencyKey = toCheckoutKey(context, { caller, requestId, customerId });
  const created = await adapter.createCheckout({ ...request, customerId }, { idempotencyKey });
  if (created.outcome === "failed" && created.failure.subject === "customer") {
    const found = await createCustomer(context, adapter, { caller, lost: customerId });
    // Asked once more, and no oftener: the provider has just made this customer.
    if (found !== customerId) return await createCheckout(context, adapter, { ...wanted, customerId: found });
  }
  return requireValue(created, `Cannot create a checkout for product "${request.order.productId}"`);
}

function toCheckoutKey(
  context: GatewayContext,
  subject: { caller: Caller; requestId: string | undefined; customerId: string },
): string {
  const { caller, requestId, customerId } = subject;
  if (requestId === undefined) return toKey("checkout", [context.newId()]);
  return toKey("checkout", [context.projectId, caller.userId, requestId, customerId]);
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
    creditsAmount: payment?.creditsAmount ?? session.creditsAmount,
    credits: paymentId && payment ? await readCreditsState(context.db, paymentId, payment) : "none",
  };
}

function unknownSession(sessionId: string): GatewayError {
  return new GatewayError("not_found", `Cannot verify session "${sessionId}": not found`);
}
