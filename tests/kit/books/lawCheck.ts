import { findBreaches } from "../../money/law/law.ts";
import { readLaw } from "../../money/law/readLaw.ts";
import type { Business, CheckedAccount } from "./accounts.ts";

/**
 * One sentence for each account to which payments gave more or less than the law of money lets them, by the provider's own
 * objects: of these accounts' customers, or with `everything` of all there are.
 */
export async function checkLaw(
  business: Business,
  accounts: readonly CheckedAccount[],
  { everything }: { everything: boolean },
): Promise<string[]> {
  const given = new Map(accounts.map((account) => [account.userId, account.given]));
  const customerIds = [...new Set(accounts.flatMap((account) => account.customerIds))];
  const { formerCredits } = business;
  const law = await readLaw(business, {
    ...(!everything && { customerIds }),
    ...(formerCredits && { formerCredits }),
  });
  const wanted = [...law].filter(([userId]) => everything || given.has(userId));
  return findBreaches(new Map(wanted), given);
}
