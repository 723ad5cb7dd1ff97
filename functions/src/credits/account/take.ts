import type { Grant, Subscription, Take } from "../../contract/documents.ts";
import type { Account } from "./account.ts";
import { walkActive } from "./active.ts";
import { bySpendOrder, toGrant, toSpendable } from "./grant.ts";
import { lapseHolds } from "./lapse.ts";

/** What a user has, in credits. */
export type Funds = Pick<Subscription, "availableCredits" | "frozen" | "held" | "debt">;

export function toFunds({ subscription: { availableCredits, frozen, held, debt } }: Account): Funds {
  return { availableCredits, frozen, held, debt };
}

/**
 * Takes credits from the user's grants, first those that end first. Undefined if there are too few: then only what ran
 * out meanwhile has changed.
 */
export async function take(account: Account, amount: number): Promise<Take[] | undefined> {
  await lapseHolds(account, amount);
  const grants = await findSpendable(account, amount);
  if (!grants) return undefined;
  const takes: Take[] = [];
  let missing = amount;
  for (const grant of grants) {
    const taken = Math.min(missing, grant.remaining);
    if (taken === 0) break;
    missing -= taken;
    takes.push({ grantId: grant.grantId, amount: taken });
    account.putGrant(toGrant(grant, { used: grant.used + taken }, account.now));
  }
  return takes;
}

async function findSpendable(account: Account, amount: number): Promise<Grant[] | undefined> {
  if (account.subscription.availableCredits === 0) return undefined;
  for await (const page of walkActive(account)) {
    if (account.subscription.availableCredits < amount) return undefined;
    const last = page.at(-1);
    const found = last ? toSpendOrder(account).filter((grant) => bySpendOrder(grant, last) <= 0) : [];
    if (sum(found) >= amount) return found;
  }
  // There is enough: grants that got credits back in this decision may end later than all that were active before.
  return toSpendOrder(account);
}

/** What ran out is not among them: `walkActive` or the end of its hold has booked it already. */
function toSpendOrder(account: Account): Grant[] {
  const spendable = account.knownGrants().filter((grant) => toSpendable(grant) > 0);
  return spendable.toSorted(bySpendOrder);
}

function sum(grants: readonly Grant[]): number {
  return grants.reduce((total, { remaining }) => total + remaining, 0);
}
