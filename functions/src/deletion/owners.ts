import type { Buyer } from "../buyers/documents.ts";
import { readBuyers, saveTenant } from "../buyers/db.ts";
import type { AccountDirectory } from "../platform/auth/accounts.ts";
import type { StoreContext } from "../platform/context.ts";
import { userIdSchema } from "../platform/ids.ts";

export interface OwnerContext extends StoreContext {
  accounts: AccountDirectory;
}

/** What Auth says of those who pay. */
export interface AskedOwners {
  /** Their accounts were deleted, at `askedAt` at the latest. */
  goneIds: string[];
  askedAt: Date;
  /** Why nobody can tell whether others still have an account, by their ids. */
  unknown: Map<string, Error>;
}

/** If Auth knows none of more owners than these, it is taken for another one, such as that of a copy of the project. */
const MAX_ALL_GONE = 10;

/**
 * Asks Auth which of these users are gone without a trigger, as by `deleteUsers` of the admin SDK, see
 * https://firebase.google.com/docs/auth/admin/manage-users#delete_multiple_users
 *
 * Unknown is not gone: only somebody who was there before, by their token or an earlier answer, can be gone now. An Auth of
 * another project, or one without its tenants, knows nobody. Users in a tenant of Identity Platform are asked for there,
 * since without it they are not found; so are those of a tenant that was deleted as a whole, of which Auth says nothing.
 * An id that is made anew before anybody asks is that of the account which was there: nothing tells it from one that was
 * imported again.
 */
export async function askForOwners(context: OwnerContext, userIds: readonly string[]): Promise<AskedOwners> {
  const asked: AskedOwners = { goneIds: [], askedAt: context.now(), unknown: new Map() };
  const usable = [...new Set(userIds)].filter((userId) => userIdSchema.safeParse(userId).success);
  const buyers = await readBuyers(context.db, usable);
  const alive = [...buyers].filter(([, { deletedAt }]) => deletedAt === null);
  for (const [tenantId, owners] of Map.groupBy(alive, ([, buyer]) => buyer.tenantId ?? null)) {
    try {
      const existing = await context.accounts.findExisting(
        owners.map(([userId]) => userId),
        tenantId,
      );
      if (existing.size === 0 && owners.length > MAX_ALL_GONE)
        throw new Error(`Auth knows none of ${owners.length} owners: is it that of this project?`);
      for (const owner of owners) await note(context, asked, { owner, existing });
    } catch (error) {
      const reason = new Error("Cannot ask Auth for the owners of subscriptions", { cause: error });
      for (const [userId] of owners) asked.unknown.set(userId, reason);
    }
  }
  return asked;
}

async function note(
  { db, now }: OwnerContext,
  asked: AskedOwners,
  { owner: [userId, buyer], existing }: { owner: [string, Buyer]; existing: ReadonlySet<string> },
): Promise<void> {
  const wasSeen = buyer.tenantId !== undefined;
  if (existing.has(userId)) {
    if (!wasSeen) await saveTenant(db, { userId, tenantId: null, now: now() });
  } else if (wasSeen) asked.goneIds.push(userId);
  else asked.unknown.set(userId, new Error("Auth does not know this owner of a subscription, and never did"));
}
