import type { Grant } from "../../contract/documents.ts";
import type { Account } from "./account.ts";
import { PAGE_SIZE } from "./source.ts";

/** A user's active grants in spending order, a page at a time; those past their end are booked as expired. */
export async function* walkActive(account: Account): AsyncGenerator<Grant[], void> {
  let after: Grant | undefined;
  do {
    const page = await account.source.readActiveGrants(after);
    const known = account.know(page);
    account.expirePast(known);
    yield known.map(({ grantId }) => account.requireGrant(grantId));
    after = page.length < PAGE_SIZE ? undefined : page.at(-1);
  } while (after);
}
