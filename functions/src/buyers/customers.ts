import type { PaymentAdapter } from "../adapters/paymentAdapter.ts";
import type { GatewayContext } from "../platform/context.ts";
import { saveCustomer, type Customer } from "./db.ts";
import { GatewayError } from "../platform/errors.ts";
import { toKey } from "../platform/key.ts";
import { requireValue } from "../adapters/require.ts";

/** The signed-in caller, from the token. */
export interface Caller {
  userId: string;
  email: string | undefined;
}

/**
 * The caller's customer id: of the customer that is known, told of a changed e-mail address, or of a new one. Undefined
 * at a provider without customers.
 */
export async function ensureCustomer(
  context: GatewayContext,
  adapter: PaymentAdapter,
  { caller, known }: { caller: Caller; known: Customer | undefined },
): Promise<string | undefined> {
  if (!known) return await createCustomer(context, adapter, { caller, lost: undefined });
  const { customerId } = known;
  const { userId, email } = caller;
  if (email === undefined || email === known.email || !adapter.updateCustomer) return customerId;
  const updated = await adapter.updateCustomer({ customerId, email });
  if (updated.outcome === "failed" && updated.failure.kind === "not_found") {
    return await createCustomer(context, adapter, { caller, lost: customerId });
  }
  requireValue(updated, "Cannot update the customer");
  return await keepCustomer(context, adapter, { userId, customer: { customerId, email } });
}

/**
 * The key makes two first purchases at once end with one customer; `lost` is the customer that the provider does not
 * have any more, in whose place the new one comes.
 */
export async function createCustomer(
  context: GatewayContext,
  adapter: PaymentAdapter,
  { caller, lost }: { caller: Caller; lost: string | undefined },
): Promise<string | undefined> {
  if (!adapter.ensureCustomer) return undefined;
  const { userId, email } = caller;
  const idempotencyKey = toKey("customer", [context.projectId, userId, email ?? "", lost ?? ""]);
  const created = await adapter.ensureCustomer({ userId, email }, { idempotencyKey });
  const customerId = requireValue(created, "Cannot create the customer");
  return await keepCustomer(context, adapter, { userId, customer: { customerId, email: email ?? null } });
}

/** Of a user who was deleted meanwhile, the provider is to know nothing either. */
async function keepCustomer(
  context: GatewayContext,
  adapter: PaymentAdapter,
  { userId, customer }: { userId: string; customer: Customer },
): Promise<string> {
  const { customerId } = customer;
  const saved = { userId, provider: adapter.name, customer, now: context.now() };
  if (await saveCustomer(context.db, saved)) return customerId;
  await deleteCustomer(adapter, customerId);
  throw new GatewayError("unauthenticated", "Expected a user whose account exists");
}

/** With what the provider knows of him. */
export async function deleteCustomer(adapter: PaymentAdapter, customerId: string): Promise<void> {
  if (adapter.deleteCustomer)
    requireValue(await adapter.deleteCustomer(customerId), "Cannot delete the customer");
}
