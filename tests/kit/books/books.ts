import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { Payment } from "../../../functions/src/payments/documents.ts";
import { deliverEverything, readLastEventId } from "../suite/deliveries.ts";
import { control, db, stripe, suite } from "../suite/harness.ts";
import { eventually } from "../eventually.ts";
import { readAccounts, toPayments, type Business, type Payments } from "./accounts.ts";
import { checkLaw } from "./lawCheck.ts";
import { readProviderBooks, readProviderMoney, noMoney, type Books, type Money } from "./providerBooks.ts";

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
interface Sum extends Amounts {
  payments: number;
}

type Amounts = Omit<Money, "currency" | "settled">;

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
 * with its ledger (`auditAccount`); every grant with what its payment entitles to now; and once all of that agrees, what
 * payments gave each user with the law of money.
 */
export async function compareBooks(since?: Checked, business: Business = suiteBusiness): Promise<Comparison> {
  const payments = await readPayments(business, since);
  const [theirs, ours] = await readBothBooks(business, payments, since);
  const accounts = await readAccounts(business, payments, since?.at);
  const differences = [
    ...comparePayments(theirs, ours),
    ...accounts.flatMap((account) => account.differences),
  ];
  if (differences.length === 0)
    differences.push(...(await checkLaw(business, accounts, { everything: since === undefined })));
  return { differences, theirs: toSums(theirs), ours: toSums(ours) };
}

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

function toMoney(payment: Payment): Money {
  const { currency, amount, amountRefunded: refunded, amountChargedBack: chargedBack } = payment;
  const { amountFromBalance: fromBalance = 0, amountCredited: credited = 0 } = payment;
  const { amountForgiven: forgiven = 0 } = payment;
  const settled = payment.paidAt !== null;
  const received = settled ? amount : 0;
  return { currency, settled, received, refunded, chargedBack, fromBalance, credited, forgiven };
}

/** One sentence for each payment that is not the same on both sides. What was never paid need not be here. */
function comparePayments(theirs: Books, ours: Books): string[] {
  const paymentIds = new Set([...theirs.keys(), ...ours.keys()]);
  return [...paymentIds].flatMap((paymentId) => {
    const [there, here] = [theirs.get(paymentId), ours.get(paymentId)];
    if (isDeepStrictEqual(there, here) || (!here && !there?.settled)) return [];
    return [`${paymentId}: the provider has ${JSON.stringify(there)}, we have ${JSON.stringify(here)}`];
  });
}

function toSums(books: Books): Record<string, Sum> {
  const sums: Record<string, Sum> = {};
  for (const { currency, settled, ...amounts } of books.values()) {
    if (settled) sums[currency] = addUp(sums[currency], amounts);
  }
  return sums;
}

function addUp(sum: Sum | undefined, amounts: Amounts): Sum {
  const { payments, ...before } = sum ?? { payments: 0, ...noMoney };
  return {
    payments: payments + 1,
    received: before.received + amounts.received,
    refunded: before.refunded + amounts.refunded,
    chargedBack: before.chargedBack + amounts.chargedBack,
    fromBalance: before.fromBalance + amounts.fromBalance,
    credited: before.credited + amounts.credited,
    forgiven: before.forgiven + amounts.forgiven,
  };
}
