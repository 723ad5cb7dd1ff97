import { expireAccount } from "./credits.ts";
import { readExpiring } from "./db.ts";
import type { CreditContext } from "./decide.ts";

/** How many users had something that ran out, and what was booked for them. */
export interface Swept {
  users: number;
  grants: number;
  holds: number;
}

/**
 * Books what ran out, user by user, each in its own decision: safe to run twice, alongside itself and everything else.
 * A user who fails does not stop the others; all failures are thrown at the end.
 */
export async function sweepExpired(context: CreditContext): Promise<Swept> {
  const swept: Swept = { users: 0, grants: 0, holds: 0 };
  const seen = new Set<string>();
  const failures: unknown[] = [];
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
  if (failures.length > 0) throw new AggregateError(failures, "Cannot expire all credits");
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
