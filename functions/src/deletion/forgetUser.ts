import { requireAdapter, requireValue, type ProviderContext } from "../adapters/require.ts";
import { deleteCustomer } from "../buyers/customers.ts";
import { forgetBuyer, saveDeletion } from "../buyers/db.ts";
import type { StoreContext } from "../platform/context.ts";
import { userIdSchema } from "../platform/ids.ts";

/** The provider's ids of what was ended or deleted with a user. */
export interface ForgottenUser {
  sessionIds: string[];
  customerIds: string[];
}

/**
 * Ends what a deleted Firebase user could still pay or be charged for, and removes what says who they were, here and at
 * the provider. Their payments, sessions and ledger stay for accounting, under an id that identifies nobody. It may be
 * stopped anywhere and run again.
 */
export async function forgetUser(
  context: StoreContext & ProviderContext,
  userId: string,
): Promise<ForgottenUser> {
  const { db, now } = context;
  // Such a user could not buy, and their id could name another user's document.
  if (!userIdSchema.safeParse(userId).success) return { sessionIds: [], customerIds: [] };
  // First, so that the user's token, which lives for up to an hour, buys nothing.
  const { openSessions, providers } = await saveDeletion(db, { userId, now: now() });
  for (const [sessionId, { provider }] of Object.entries(openSessions)) {
    const adapter = await requireAdapter(context, provider);
    if (adapter.expireCheckout)
      requireValue(await adapter.expireCheckout(sessionId), `Cannot expire session "${sessionId}"`);
  }
  for (const [provider, { customerId }] of Object.entries(providers)) {
    await deleteCustomer(await requireAdapter(context, provider), customerId);
  }
  await forgetBuyer(db, { userId, now: now() });
  return {
    sessionIds: Object.keys(openSessions),
    customerIds: Object.values(providers).map(({ customerId }) => customerId),
  };
}
