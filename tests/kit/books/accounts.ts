import { auditAccount } from "../../../functions/src/credits/credits.ts";
import { parseGrant } from "../../../functions/src/credits/db.ts";
import { toEntitlement } from "../../../functions/src/credits/entitlement.ts";
import type { Grant } from "../../../functions/src/contract/documents.ts";
import { paymentDocument, type Payment } from "../../../functions/src/payments/documents.ts";
import type { Merchant } from "./providerBooks.ts";

/** Whose books are compared: an app's database, and its merchant's account. */
export interface Business extends Merchant {
  db: FirebaseFirestore.Firestore;
  /** What products were worth before, by product, as far as that may still count. */
  formerCredits?: ReadonlyMap<string, readonly number[]>;
}

export type Payments = Map<string, Payment>;

/** A user's account: what of it does not follow from the ledger and the payments, and what payments gave it. */
export interface CheckedAccount {
  userId: string;
  /** One sentence for each. */
  differences: string[];
  /** Credits that payments gave, less what they took, before spending and expiry. */
  given: number;
  /** The customers at the provider who paid for it. */
  customerIds: string[];
}

export function toPayments(docs: readonly FirebaseFirestore.DocumentSnapshot[]): Payments {
  return new Map(
    docs.flatMap((snapshot): [string, Payment][] => {
      const payment = paymentDocument.parse(snapshot);
      return payment ? [[snapshot.id, payment]] : [];
    }),
  );
}

/** The accounts of some payments' users, and those that changed since; or all. */
export async function readAccounts(
  business: Business,
  payments: Payments,
  since: Date | undefined,
): Promise<CheckedAccount[]> {
  const subscriptions = business.db.collection("subscriptions");
  const { docs } = await (since ? subscriptions.where("updatedAt", ">=", since) : subscriptions).get();
  const userIds = new Set(docs.map(({ id }) => id));
  for (const { userId } of payments.values()) userIds.add(userId);
  return await Promise.all([...userIds].map((userId) => checkAccount(business, userId)));
}

async function checkAccount(business: Business, userId: string): Promise<CheckedAccount> {
  const [audit, found, grants] = await Promise.all([
    auditAccount(business, userId),
    business.db.collection("payments").where("userId", "==", userId).get(),
    business.db.collection("subscriptions").doc(userId).collection("grants").get(),
  ]);
  const differences = audit.outcome === "agrees" ? [] : [`${userId}: ${JSON.stringify(audit.differences)}`];
  const payments = toPayments(found.docs);
  const granted = new Map(grants.docs.map((snapshot) => [snapshot.id, parseGrant(snapshot)]));
  const given = [...granted.values()].reduce((sum, grant) => sum + toGivenByPayment(grant), 0);
  for (const [paymentId, payment] of payments) {
    const [entitled, gave] = [toEntitled(payment), toGiven(granted.get(paymentId))];
    if (entitled !== gave)
      differences.push(`${paymentId} of ${userId}: entitles to ${entitled}, gave ${gave}`);
    granted.delete(paymentId);
  }
  for (const [grantId, grant] of granted)
    if (grant?.paymentId !== null) differences.push(`${grantId} of ${userId}: there is no such payment`);
  return { userId, differences, given, customerIds: toCustomerIds(payments) };
}

function toGivenByPayment(grant: Grant | undefined): number {
  return grant && grant.paymentId !== null ? grant.amount - (grant.taken ?? 0) : 0;
}

function toCustomerIds(payments: Payments): string[] {
  const ids = [...payments.values()].flatMap(({ providerData }) => providerData["customerId"] ?? []);
  return [...new Set(ids)];
}

function toEntitled(payment: Payment): string {
  const { credits, revoked, taken = 0, frozen } = toEntitlement(payment);
  return toText({ amount: credits, revoked, taken, frozen: frozen && credits > 0 });
}

function toGiven(grant: Grant | undefined): string {
  if (!grant) return toText({ amount: 0, revoked: 0, taken: 0, frozen: false });
  const { amount, revoked, taken = 0, status } = grant;
  return toText({ amount, revoked, taken, frozen: status === "frozen" });
}

function toText({ amount, revoked, taken, frozen }: Given): string {
  return `${amount} credits${frozen ? " (frozen)" : ""}, ${revoked} revoked, ${taken} taken`;
}

interface Given {
  amount: number;
  revoked: number;
  taken: number;
  frozen: boolean;
}
