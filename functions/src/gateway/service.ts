import { z } from "zod";
import { readCreditsState } from "../subscription/service.ts";
import type { PaymentAdapter, ResolvedProduct } from "./adapters/types.ts";
import { applyFacts } from "./applyFacts.ts";
import type { GatewayContext } from "./context.ts";
import { createSessionIfMissing, readCustomerId, readPayment, readSession, saveCustomerId } from "./db.ts";
import { GatewayError } from "./errors.ts";
import { toKey } from "./key.ts";
import { toSession } from "./payment.ts";
import { requireAdapter, requireValue } from "./provider.ts";
import { toRedirects } from "./redirects.ts";
import {
  orderSchema,
  wholeNumberText,
  type CreatePaymentSessionRequest,
  type CreatePaymentSessionResult,
  type Order,
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

const productMetadataSchema = z.object({
  creditsAmount: wholeNumberText.pipe(z.int().min(1).max(1_000_000_000)),
  subscriptionDays: wholeNumberText.pipe(z.int().min(1).max(36_500)).optional(),
});

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
  const [resolved, knownCustomerId] = await Promise.all([
    adapter.resolveProduct({ productId: request.productId, priceId: request.priceId }),
    readCustomerId(context.db, { userId: caller.userId, provider: adapter.name }),
  ]);
  const product = requireValue(resolved, `Cannot sell product "${request.productId}"`);
  const order = toOrder(caller.userId, product, request.quantity ?? 1);
  const customerId = knownCustomerId ?? (await createCustomer(context, adapter, caller));
  const created = await adapter.createCheckout(
    { order, mode: "payment", customerId, ...redirects },
    { idempotencyKey: toCheckoutKey(context, caller.userId, request.requestId) },
  );
  const checkout = requireValue(created, `Cannot create a checkout for product "${request.productId}"`);
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

function toOrder(userId: string, product: ResolvedProduct, quantity: number): Order {
  const { productId, priceId, currency } = product;
  const refuse = (reason: string) => {
    return new GatewayError("failed_precondition", `Cannot sell product "${productId}": ${reason}`);
  };
  if (!product.active) throw refuse("it is not active");
  if (product.recurring) throw refuse("recurring prices are not supported");
  const metadata = productMetadataSchema.safeParse(product.metadata);
  if (!metadata.success) throw refuse("its metadata has no valid creditsAmount and subscriptionDays");
  const { creditsAmount, subscriptionDays = null } = metadata.data;
  const order = { userId, productId, priceId, quantity, currency, subscriptionDays };
  const parsed = orderSchema.safeParse({ ...order, creditsAmount: creditsAmount * quantity });
  if (parsed.success) return parsed.data;
  throw refuse(
    `its order is not acceptable (${parsed.error.issues.map(({ path }) => path.join(".")).join(", ")})`,
  );
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
