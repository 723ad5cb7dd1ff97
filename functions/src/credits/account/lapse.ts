import type { Hold, Take } from "../../contract/documents.ts";
import type { Account } from "./account.ts";
import { expireAndRepay } from "./debt.ts";
import { toGrant } from "./grant.ts";
import { PAGE_SIZE } from "./source.ts";

/** The holds that one decision ends; the next one continues. */
const MAX_HOLDS = 200;

export function isLapsed({ status, expiresAt }: Hold, now: Date): boolean {
  return status === "open" && expiresAt <= now;
}

/** Ends one page of holds whose time is over, and more while fewer than `wanted` credits are available. */
export async function lapseHolds(account: Account, wanted: number): Promise<void> {
  if (account.subscription.held === 0) return;
  let after: Hold | undefined;
  let read = 0;
  do {
    const page = await account.source.readLapsedHolds(account.now, after);
    for (const hold of page) await endHold(account, hold, "expired");
    await expireAndRepay(account);
    read += page.length;
    after = page.length < PAGE_SIZE || read >= MAX_HOLDS ? undefined : page.at(-1);
  } while (after && account.subscription.availableCredits < wanted);
}

/** Gives a hold's credits back to the grants they came from. */
export async function endHold(account: Account, hold: Hold, status: "released" | "expired"): Promise<void> {
  account.putHold({ ...hold, status, updatedAt: account.now });
  account.add({ held: -hold.amount });
  await putBack(account, hold.takes);
}

/**
 * Returns credits to their grants, whose state decides whether they can be spent, are frozen, run out or repay debt.
 */
export async function putBack(account: Account, takes: readonly Take[]): Promise<void> {
  account.know(await account.source.readGrants(takes.map(({ grantId }) => grantId)));
  for (const { grantId, amount } of takes) {
    const grant = account.requireGrant(grantId);
    account.putGrant(toGrant(grant, { used: grant.used - amount }, account.now));
  }
}
