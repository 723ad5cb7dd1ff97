import { thawOverdue, type ThawContext } from "../payments/thaw.ts";
import { expireAccount } from "./credits.ts";
import { readExpiring } from "./db.ts";
import type { CreditContext } from "./decide.ts";

export type SweepContext = CreditContext & ThawContext;

/** How many payments were thawed, how many users had something that ran out, and what was booked for them. */
export interface Swept {
  thawed: number;
  users: number;
  grants: number;
  holds: number;
}

/**
 * Thaws payments whose fraud warnings are old, for their trigger to book. Books what ran out, user by user, each in its own decision: safe to run twice, alongside itself and everything else.
 * A user who fails does not stop the others; all failures are thrown at the end.
 */
export async function sweepExpired(context: SweepContext): Promise<Swept> {
  const failures: unknown[] = [];
  const { payments: thawed } = await thawOverdue(context, (error) => failures.push(error));
  const swept: Swept = { thawed, users: 0, grants: 0, holds: 0 };
  const seen = new Set<string>();
  for await (const page of readExpiring(context.db, context.now())) {
    for (const userId of page.filter((id) => !seen.has(id))) {
      seen.add(userId);
      try {
        await sweepUser(context, userId, swept);
      } catch (error) {
        failures.push(new Error(`Cannot expire credits of "${userId}"`, { cause: error }));
      }
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "Cannot expire or thaw all credits");
  return swept;
}

async function sweepUser(context: CreditContext, userId: string, swept: Swept): Promise<void> {
  swept.users += 1;
  for (let more = true; more;) {
    const expired = await expireAccount(context, userId);
    swept.grants += expired.grants;
    swept.holds += expired.holds;
    ({ more } = expired);
  }
}
