import { expect } from "vitest";
import { paymentDocument, type Payment } from "../../../functions/src/payments/documents.ts";
import { parseGrant } from "../../../functions/src/credits/db.ts";
import { toEntitlement } from "../../../functions/src/credits/entitlement.ts";
import { auditAccount } from "../../../functions/src/credits/credits.ts";
import type { Grant } from "../../../functions/src/contract/documents.ts";
import { deliverEverything, readLastEventId } from "../suite/deliveries.ts";
import { control, db, stripe, suite } from "../suite/harness.ts";
import { eventually } from "../eventually.ts";
import {
  readProviderBooks,
  readProviderMoney,
  type Books,
  type Merchant,
  type Money,
} from "./providerBooks.ts";

/** A moment up to which the books are known to agree: by our time, by Stripe's clock, and in its log of events. */
export interface Checked {
  at: Date;
  stripeSeconds: number;
  eventId: string | undefined;
}

export async function readMoment(): Promise<Checked> {
  const stripeSeconds = await control.readNowSeconds();
  return { at: new Date(), stripeSeconds, eventId: await readLastEventId() };
}

/** What is settled of one currency: how many payments, and their money in minor units. */
interface Sum {
  payments: number;
  received: number;
  refunded: number;
  chargedBack: number;
}

/** Whose books are compared: an app's database, and its merchant's account. */
export interface Business extends Merchant {
  db: FirebaseFirestore.Firestore;
}

const suiteBusiness: Business = { db, stripe, projectId: suite.projectId };

/** Both books, and one sentence for everything that does not agree. */
export interface Comparison {
  differences: string[];
  theirs: Record<string, Sum>;
  ours: Record<string, Sum>;
}

/**
 * Fails unless the books agree once all that happened at the provider since a check has reached us: over what was made or
 * changed since, or over everything there is.
 */
export async function checkBooks(since: Checked, { everything = false } = {}): Promise<void> {
  await deliverEverything(since);
  // Credits are booked by a trigger that nobody waits for.
  await eventually(async () => {
    const { differences, theirs, ours } = await compareBooks(everything ? undefined : since);
    expect({ differences, sums: ours }).toEqual({ differences: [], sums: theirs });
  });
}

/**
 * Compares the provider's books with ours as they stand, each payment and the sums of each currency; every user's account
 * with its ledger (`auditAccount`); and every grant with what its payment entitles to now.
 */
export async function compareBooks(since?: Checked, business: Business = suiteBusiness): Promise<Comparison> {
  const payments = await readPayments(business, since);
  const [theirs, ours] = await readBothBooks(business, payments, since);
  const differences = [...comparePayments(theirs, ours), ...(await checkAccounts(business, payments, since))];
  return { differences, theirs: toSums(theirs), ours: toSums(ours) };
}

type Payments = Map<string, Payment>;

/** Our payments, or those that changed since. */
async function readPayments(business: Business, since: Checked | undefined): Promise<Payments> {
  const payments = business.db.collection("payments");
  const { docs } = await (since ? payments.where("updatedAt", ">=", since.at) : payments).get();
  return toPayments(docs);
}

/** Both books with what either side knows of. */
async function readBothBooks(
  business: Business,
  payments: Payments,
  since: Checked | undefined,
): Promise<[Books, Books]> {
  const theirs = await readProviderBooks(business, since?.stripeSeconds);
  const unread = [...theirs.keys()].filter((paymentId) => !payments.has(paymentId));
  const refs = unread.map((paymentId) => business.db.collection("payments").doc(paymentId));
  const others = since && refs.length > 0 ? toPayments(await business.db.getAll(...refs)) : [];
  const ours = new Map([...payments, ...others].map(([id, payment]) => [id, toMoney(payment)]));
  for (const paymentId of ours.keys()) {
    const money = theirs.get(paymentId) ?? (await readProviderMoney(business, paymentId));
    if (money) theirs.set(paymentId, money);
  }
  return [theirs, ours];
}

function toPayments(docs: readonly FirebaseFirestore.DocumentSnapshot[]): Payments {
  return new Map(
    docs.flatMap((snapshot): [string, Payment][] => {
      const payment = paymentDocument.parse(snapshot);
      return payment ? [[snapshot.id, payment]] : [];
    }),
  );
}

function toMoney(payment: Payment): Money {
  const { currency, amount, amountRefunded: refunded, amountChargedBack: chargedBack } = payment;
  const settled = payment.paidAt !== null;
  return { currency, settled, received: settled ? amount : 0, refunded, chargedBack };
}

/** One sentence for each payment that is not the same on both sides. What was never paid need not be here. */
function comparePayments(theirs: Books, ours: Books): string[] {
  const paymentIds = new Set([...theirs.keys(), ...ours.keys()]);
  return [...paymentIds].flatMap((paymentId) => {
    const [there, here] = [theirs.get(paymentId), ours.get(paymentId)];
    if (JSON.stringify(there) === JSON.stringify(here) || (!here && !there?.settled)) return [];
    return [`${paymentId}: the provider has ${JSON.stringify(there)}, we have ${JSON.stringify(here)}`];
  });
}

function toSums(books: Books): Record<string, Sum> {
  const sums: Record<string, Sum> = {};
  for (const { currency, settled, received, refunded, chargedBack } of books.values()) {
    if (!settled) continue;
    const sum = (sums[currency] ??= { payments: 0, received: 0, refunded: 0, chargedBack: 0 });
    sum.payments += 1;
    sum.received += received;
    sum.refunded += refunded;
    sum.chargedBack += chargedBack;
  }
  return sums;
}

async function checkAccounts(
  business: Business,
  payments: Payments,
  since: Checked | undefined,
): Promise<string[]> {
  const subscriptions = business.db.collection("subscriptions");
  const { docs } = await (since ? subscriptions.where("updatedAt", ">=", since.at) : subscriptions).get();
  const userIds = new Set(docs.map(({ id }) => id));
  for (const { userId } of payments.values()) userIds.add(userId);
  const differences = await Promise.all([...userIds].map((userId) => checkAccount(business, userId)));
  return differences.flat();
}

/** One sentence for everything in a user's account that does not follow from the ledger and the payments. */
async function checkAccount(business: Business, userId: string): Promise<string[]> {
  const [audit, payments, grants] = await Promise.all([
    auditAccount(business, userId),
    business.db.collection("payments").where("userId", "==", userId).get(),
    business.db.collection("subscriptions").doc(userId).collection("grants").get(),
  ]);
  const differences = audit.outcome === "agrees" ? [] : [`${userId}: ${JSON.stringify(audit.differences)}`];
  const granted = new Map(grants.docs.map((snapshot) => [snapshot.id, parseGrant(snapshot)]));
  for (const [paymentId, payment] of toPayments(payments.docs)) {
    const [entitled, given] = [toEntitled(payment), toGiven(granted.get(paymentId))];
    if (entitled !== given)
      differences.push(`${paymentId} of ${userId}: entitles to ${entitled}, gave ${given}`);
    granted.delete(paymentId);
  }
  for (const [grantId, grant] of granted)
    if (grant?.paymentId !== null) differences.push(`${grantId} of ${userId}: there is no such payment`);
  return differences;
}

function toEntitled(payment: Payment): string {
  const { credits, revoked, frozen } = toEntitlement(payment);
  return toText({ amount: credits, revoked, frozen: frozen && credits > 0 });
}

function toGiven(grant: Grant | undefined): string {
  if (!grant) return toText({ amount: 0, revoked: 0, frozen: false });
  return toText({ amount: grant.amount, revoked: grant.revoked, frozen: grant.status === "frozen" });
}

function toText({ amount, revoked, frozen }: { amount: number; revoked: number; frozen: boolean }): string {
  return `${amount} credits${frozen ? " (frozen)" : ""}, ${revoked} revoked`;
}
