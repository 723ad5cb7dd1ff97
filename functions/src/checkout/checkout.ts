import { readGrantedCredits, toCreditsState } from "../credits/service.ts";
import type { Checkout, CheckoutRequest, PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireProduct, toOrder } from "../catalogue/catalogue.ts";
import type { GatewayContext } from "../platform/context.ts";
import { createCustomer, ensureCustomer, type Caller } from "../buyers/customers.ts";
import { createSession, readBuyerAndProduct, readBuyerAndSession, type Buyer } from "../buyers/db.ts";
import { readPayment } from "../payments/db.ts";
import { GatewayError } from "../platform/errors.ts";
import { toKey } from "../platform/key.ts";
import { requireRoomForSession, withinLimit } from "../buyers/limits.ts";
import { applyNews } from "../news/applyNews.ts";
import { toSession } from "../payments/merge.ts";
import { requireAdapter, requireValue } from "../adapters/require.ts";
import { toRedirects, type Redirects } from "../platform/redirects.ts";
import {
  type CreatePaymentSessionRequest,
  type CreatePaymentSessionResult,
  type Order,
  type Payment,
  type PaymentSession,
  type Product,
  type VerifyPaymentRequest,
  type VerifyPaymentResult,
} from "../contract/types.ts";

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
  const { productId, requestId } = request;
  const { userId } = caller;
  const provider = adapter.name;
  const known = await readBuyerAndProduct(context.db, { userId, provider, productId });
  const { buyer } = known;
  const overSessionIds = await requireRoomForSession(context, buyer, requestId);
  return await withinLimit(context, { userId, buyer }, async () => {
    const product = known.product ?? (await requireProduct(context, adapter, productId));
    const wanted = { caller, request, redirects, buyer, product };
    const { order, checkout } = await openCheckout(context, adapter, wanted);
    const { sessionId, url, expiresAt } = checkout;
    if (url === null) throw new Error(`Cannot use checkout "${sessionId}": it has no page`);
    const now = context.now();
    const session = toSession({ provider, order, checkout }, now);
    await createSession(context.db, { sessionId, session, requestId, buyer, overSessionIds, now });
    return { sessionId, url, expiresAt: expiresAt.toISOString(), provider };
  });
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
  const { userId } = caller;
  const { session: known, buyer } = await readBuyerAndSession(context.db, { userId, sessionId });
  if (known && !isOf(known, caller, request)) throw unknownSession(sessionId);
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
  const applied = await withinLimit(context, { userId, buyer }, async () => {
    const fetched = await adapter.fetchCheckout(sessionId);
    if (fetched.outcome === "failed" && fetched.failure.kind === "not_found") throw unknownSession(sessionId);
    const news = requireValue(fetched, `Cannot verify session "${sessionId}"`);
    if (!known && news.order?.userId !== userId) throw unknownSession(sessionId);
    return await applyNews(context, adapter, { news });
  });
  const { session, paymentId, payment } = applied;
  const isPaid = payment?.paidAt && paymentId !== null;
  const granted = isPaid ? await readGrantedCredits(context.db, { userId: session.userId, paymentId }) : 0;
  return toResult({ sessionId, ...applied, granted });
}

async function openCheckout(
  context: GatewayContext,
  adapter: PaymentAdapter,
  wanted: {
    caller: Caller;
    request: CreatePaymentSessionRequest;
    redirects: Redirects;
    buyer: Buyer;
    product: Product;
  },
): Promise<{ order: Order; checkout: Checkout }> {
  const { caller, request, redirects, buyer, product } = wanted;
  const { productId, priceId, quantity = 1, requestId } = request;
  const order = toOrder(product, { userId: caller.userId, productId, priceId, quantity });
  const mode = product.prices[order.priceId]?.type === "recurring" ? "subscription" : "payment";
  const customerId = await ensureCustomer(context, adapter, { caller, known: buyer.providers[adapter.name] });
  const checkout = await createCheckout(context, adapter, {
    request: { order, mode, ...redirects },
    requestId,
    caller,
    customerId,
  });
  return { order, checkout };
}

function isOf(session: PaymentSession, caller: Caller, { provider }: VerifyPaymentRequest): boolean {
  return session.userId === caller.userId && (provider ?? session.provider) === session.provider;
}

/** With a new customer where the provider has lost the one we know: it was deleted there, or the keys are new. */
async function createCheckout(
  context: GatewayContext,
  adapter: PaymentAdapter,
  wanted: {
    request: Omit<CheckoutRequest, "customerId">;
    requestId: string | undefined;
    caller: Caller;
    customerId: string | undefined;
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
  subject: { caller: Caller; requestId: string | undefined; customerId: string | undefined },
): string {
  const { caller, requestId, customerId } = subject;
  if (requestId === undefined) return toKey("checkout", [context.newId()]);
  return toKey("checkout", [context.projectId, caller.userId, requestId, customerId ?? ""]);
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
    creditsAmount: payment?.creditsAmount ?? session.creditsAmount,
    credits: payment ? toCreditsState(payment, granted) : "none",
  };
}

function unknownSession(sessionId: string): GatewayError {
  return new GatewayError("not_found", `Cannot verify session "${sessionId}": not found`);
}
