import { Account } from "../account/account.ts";
import { walkActive } from "../account/active.ts";
import { expireAndRepay } from "../account/debt.ts";
import { isPast } from "../account/grant.ts";
import { lapseHolds } from "../account/lapse.ts";
import { PAGE_SIZE, type AccountSource, type Decision } from "../account/source.ts";

/** The grants that one decision reads; the next one continues. */
const MAX_GRANTS = 200;

/** `more`: there may be further grants past their end. */
export interface Expired {
  grants: number;
  holds: number;
  more: boolean;
}

/** Books what ran out: ends holds whose time is over, then expires grants that are past their end. */
export async function expire(source: AccountSource, now: Date): Promise<Decision<Expired>> {
  const { subscription } = await source.open({});
  const account = new Account(source, subscription, now);
  await lapseHolds(account, Number.POSITIVE_INFINITY);
  let read = 0;
  let more = false;
  for await (const page of walkActive(account)) {
    if (page.some((grant) => !isPast(grant, now))) break;
    read += PAGE_SIZE;
    more = read >= MAX_GRANTS && page.length === PAGE_SIZE;
    if (more) break;
  }
  await expireAndRepay(account);
  const changes = account.toChanges();
  const grants = changes?.grants.filter(({ status }) => status === "expired").length ?? 0;
  return { result: { grants, holds: changes?.holds.length ?? 0, more }, changes };
}
