import type { PaymentAdapter, ProviderResult } from "../adapters/paymentAdapter.ts";
import { requireValue } from "../adapters/require.ts";
import type { Caller } from "../platform/caller.ts";
import type { ProjectContext, StoreContext } from "../platform/context.ts";
import { GatewayError } from "../platform/errors.ts";
import { toKey } from "../platform/ids.ts";
import { saveCustomer } from "./db.ts";
import type { Buyer, Customer } from "./documents.ts";

/**
 * The caller's customer id: of the known customer, updated if the e-mail address changed, or of a new one. Undefined if
 * the provider has no customers.
 */
export async function ensureCustomer(
  context: ProjectContext,
  adapter: PaymentAdapter,
  { caller, buyer }: { caller: Caller; buyer: Buyer },
): Promise<string | undefined> {
  const known = buyer.providers[adapter.name];
  if (!known) {
    // The key of a deleted account would bring back its customer.
    const renewedAt = buyer.deletedAt ? caller.authenticatedAt : buyer.renewedAt;
    return await createCustomer(context, adapter, { caller, lost: renewedAt?.toISOString() });
  }
  const { customerId } = known;
  const { userId, email } = caller;
  if (email === undefined || email === known.email || !adapter.updateCustomer) return customerId;
  const updated = await adapter.updateCustomer({ customerId, email });
  if (updated.outcome === "failed" && updated.failure.kind === "not_found") {
    return await createCustomer(context, adapter, { caller, lost: customerId });
  }
  if (!isEmailRefused(updated)) requireValue(updated, "Cannot update the customer");
  return await keepCustomer(context, adapter, { userId, customer: { customerId, email } });
}

/**
 * The key lets two first purchases at once end with one customer. `lost` names what the new one replaces: a customer that
 * the provider no longer has, or the account that had the id before.
 */
export async function createCustomer(
  context: ProjectContext,
  adapter: PaymentAdapter,
  { caller, lost }: { caller: Caller; lost: string | undefined },
): Promise<string | undefined> {
  const { userId, email } = caller;
  const ensure = async (address: string | undefined) => {
    const idempotencyKey = toKey("customer", [context.projectId, userId, address ?? "", lost ?? ""]);
    return await adapter.ensureCustomer?.({ userId, email: address }, { idempotencyKey });
  };
  const first = await ensure(email);
  const created = first && isEmailRefused(first) ? await ensure(undefined) : first;
  if (!created) return undefined;
  const customerId = requireValue(created, "Cannot create the customer");
  return await keepCustomer(context, adapter, { userId, customer: { customerId, email: email ?? null } });
}

/** An address that the provider does not accept is kept as the last one sent, so that it is not tried at each purchase. */
function isEmailRefused(result: ProviderResult<unknown>): boolean {
  return result.outcome === "failed" && result.failure.subject === "email";
}

/** If the user was deleted meanwhile, leaves the customer to the end of that deletion, and throws. */
async function keepCustomer(
  context: StoreContext,
  adapter: PaymentAdapter,
  { userId, customer }: { userId: string; customer: Customer },
): Promise<string> {
  const saved = { userId, provider: adapter.name, customer, now: context.now() };
  if (await saveCustomer(context.db, saved)) return customer.customerId;
  throw new GatewayError("unauthenticated", "Expected a user whose account exists");
}
