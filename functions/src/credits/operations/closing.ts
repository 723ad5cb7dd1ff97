import { Account } from "../account/account.ts";
import { walkActive } from "../account/active.ts";
import { FOR_EVER, toExpired } from "../account/grant.ts";
import { endHold } from "../account/lapse.ts";
import { PAGE_SIZE, type AccountSource, type Decision } from "../account/source.ts";

/** The holds and grants that one decision ends, of each; the next one continues. */
const MAX_ENDED = 200;

/** `more`: there may be further credits to end. */
export interface Closed {
  more: boolean;
}

/**
 * Ends what is left of an account whose user is gone: holds give their credits back, and all that could be spent runs out
 * now, so that whoever has the same id later has none of it.
 */
export async function close(source: AccountSource, now: Date): Promise<Decision<Closed>> {
  const { subscription } = await source.open({});
  if (!subscription) return { result: { more: false }, changes: undefined };
  const account = new Account(source, subscription, now);
  const holds = await source.readLapsedHolds(FOR_EVER);
  for (const hold of holds) await endHold(account, hold, "released");
  let ended = 0;
  for await (const page of walkActive(account)) {
    ended += page.length;
    if (ended >= MAX_ENDED) break;
  }
  endGrants(account);
  const changes = account.toChanges();
  return { result: { more: holds.length === PAGE_SIZE || ended >= MAX_ENDED }, changes };
}

function endGrants(account: Account): void {
  for (const grant of account.knownGrants()) {
    if (grant.status !== "active") continue;
    const cause = { expiresAt: account.now };
    const { grantId } = grant;
    account.bookGrant(toExpired(grant, account.now), (delta) => ({ type: "expire", delta, grantId, cause }));
  }
}
