import type { Grant } from "../../contract/documents.ts";
import type { Account } from "./account.ts";
import { walkActive } from "./active.ts";
import { bySpendOrder, isPast, toRepaying, toSpendable } from "./grant.ts";

/**
 * The last step of every decision: books what ran out, repays debt from what can be spent, `firstFrom` these grants, and
 * gives back what was repaid for debt that is gone. Other grants are read only if something is to be taken from them or
 * given back.
 */
export async function expireAndRepay(account: Account, firstFrom: readonly string[] = []): Promise<void> {
  account.expirePast(account.changedGrants());
  await giveBack(account);
  if (firstFrom.length > 0 && canRepay(account)) {
    repayFrom(account, account.know(await account.source.readGrants(firstFrom)));
  }
  await repay(account);
  account.expirePast(account.changedGrants());
}

async function repay(account: Account): Promise<void> {
  repayFrom(account, account.changedGrants());
  if (!canRepay(account)) return;
  for await (const page of walkActive(account)) {
    repayFrom(account, page);
    if (!canRepay(account)) return;
  }
}

function canRepay({ subscription }: Account): boolean {
  return subscription.debt > 0 && subscription.availableCredits > 0;
}

function repayFrom(account: Account, grants: readonly Grant[]): void {
  for (const grant of grants.toSorted(bySpendOrder)) {
    const amount = Math.min(account.subscription.debt, toSpendable(grant));
    if (amount > 0 && !isPast(grant, account.now)) account.putGrant(toRepaying(grant, amount, account.now));
  }
}

/** Stored grants first; those that repaid only in this decision cannot be queried yet. */
async function giveBack(account: Account): Promise<void> {
  let after: Grant | undefined;
  while (account.subscription.debt < 0) {
    const page = await account.source.readRepayingGrants(after);
    giveBackTo(account, page.length > 0 ? account.know(page) : account.changedGrants());
    after = page.at(-1);
    if (!after) return;
  }
}

/** In reverse spending order: what ends last repaid last. */
function giveBackTo(account: Account, grants: readonly Grant[]): void {
  for (const grant of grants.toSorted((a, b) => bySpendOrder(b, a))) {
    const amount = Math.min(-account.subscription.debt, grant.repaid);
    if (amount > 0) account.putGrant(toRepaying(grant, -amount, account.now));
  }
}
