import * as z from "zod";
import type { Checkout, CheckoutRequest, PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireAdapter, requireValue, type ProviderContext } from "../adapters/require.ts";
import { createCustomer, ensureCustomer } from "../buyers/customers.ts";
import type { Buyer } from "../buyers/documents.ts";
import { isRepeated, requireRoomForSession, withinLimit, type LimitContext } from "../buyers/limits.ts";
import type { Product } from "../catalogue/documents.ts";
import { toOrder } from "../catalogue/order.ts";
import { requireProduct } from "../catalogue/refresh.ts";
import type { CreatePaymentSessionInput, CreatePaymentSessionResult } from "../contract/calls.ts";
import { quantitySchema, type Order } from "../model/order.ts";
import { toSession } from "../payments/merge.ts";
import { refuseSecondPlan } from "../plans/refuse.ts";
import type { Caller } from "../platform/caller.ts";
import type { ProjectContext } from "../platform/context.ts";
import { providerId, providerName, requestIdSchema, toKey } from "../platform/ids.ts";
import { toRedirects, type RedirectContext, type Redirects } from "../platform/redirects.ts";
import { acceptsExactly } from "../platform/schema.ts";
import { createSession, readBuyerAndProduct } from "./db.ts";

export const createPaymentSessionInput = acceptsExactly<CreatePaymentSessionInput>()(
  z.strictObject({
    productId: providerId,
    provider: providerName.optional(),
    priceId: providerId.optional(),
    quantity: quantitySchema.optional(),
    successUrl: z.string().max(2_000).optional(),
    cancelUrl: z.string().max(2_000).optional(),
    requestId: requestIdSchema.optional(),
  }),
);

export interface CheckoutContext extends ProjectContext, ProviderContext, LimitContext, RedirectContext {
  readonly newId: () => string;
}

/**
 * Opens a checkout for one product and saves its session. The session is written after the provider has answered, and
 * the provider keeps enough to rebuild what a crash in between would lose.
 */
export async function createPaymentSession(
  context: CheckoutContext,
  caller: Caller,
  request: CreatePaymentSessionInput,
): Promise<CreatePaymentSessionResult> {
  const redirects = toRedirects(request, context.redirects);
  const adapter = await requireAdapter(context, request.provider);
  const { productId, requestId } = request;
  const { userId } = caller;
  const provider = adapter.name;
  const known = await readBuyerAndProduct(context.db, { userId, provider, productId });
  const { buyer } = known;
  const overSessionIds = await requireRoomForSession(context, buyer, requestId);
  const opens = !isRepeated(buyer, requestId);
  return await withinLimit(context, { ...caller, buyer, opens }, async () => {
    const product = await requireProduct(context, adapter, { productId, known: known.product });
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

async function openCheckout(
  context: CheckoutContext,
  adapter: PaymentAdapter,
  wanted: {
    caller: Caller;
    request: CreatePaymentSessionInput;
    redirects: Redirects;
    buyer: Buyer;
    product: Product;
  },
): Promise<{ order: Order; checkout: Checkout }> {
  const { caller, request, redirects, buyer, product } = wanted;
  const { productId, priceId, quantity = 1, requestId } = request;
  const order = toOrder(product, { userId: caller.userId, productId, priceId, quantity });
  const price = product.prices[order.priceId];
  await refuseSecondPlan(context, { userId: caller.userId, buyer }, { product, ...order });
  const mode = price?.type === "recurring" ? "subscription" : "payment";
  const subtotal = (price?.amount ?? 0) * order.quantity;
  const customerId = await ensureCustomer(context, adapter, { caller, buyer });
  const checkout = await createCheckout(context, adapter, {
    request: { order, subtotal, mode, ...redirects },
    requestId,
    caller,
    customerId,
  });
  return { order, checkout };
}

/** Uses a new customer if the provider has lost the one we know: it was deleted there, or the API keys are new. */
async function createCheckout(
  context: CheckoutContext,
  adapter: PaymentAdapter,
  wanted: {
    request: Omit<CheckoutRequest, "customerId">;
    requestId: string | undefined;
    caller: Caller;
    customerId: string | undefined;
    isAgain?: boolean;
  },
): Promise<Checkout> {
  const { request, requestId, caller, customerId, isAgain = false } = wanted;
  const idempotencyKey = toCheckoutKey(context, { caller, requestId, customerId });
  const created = await adapter.createCheckout({ ...request, customerId }, { idempotencyKey });
  if (created.outcome === "failed" && created.failure.subject === "customer" && !isAgain) {
    const found = await createCustomer(context, adapter, { caller, lost: customerId });
    // Only once: one who is lost again is no customer that another could replace.
    return await createCheckout(context, adapter, { ...wanted, customerId: found, isAgain: true });
  }
  return requireValue(created, `Cannot create a checkout for product "${request.order.productId}"`);
}

function toCheckoutKey(
  { projectId, newId }: Pick<CheckoutContext, "projectId" | "newId">,
  subject: { caller: Caller; requestId: string | undefined; customerId: string | undefined },
): string {
  const { caller, requestId, customerId } = subject;
  if (requestId === undefined) return toKey("checkout", [newId()]);
  return toKey("checkout", [projectId, caller.userId, requestId, customerId ?? ""]);
}
