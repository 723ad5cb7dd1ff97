import type { Firestore } from "@google-cloud/firestore";
import { describe, expect, it } from "vitest";
import { auditAccount, spendCredits } from "../../functions/src/credits/credits.ts";
import { bookPayment } from "../../functions/src/credits/bookPayment.ts";
import { creditablePaymentDocument } from "../../functions/src/payments/documents.ts";
import type { CreditContext } from "../../functions/src/credits/decide.ts";
import { buildCreditablePayment } from "../kit/builders.ts";
import { toFirestore } from "../kit/database.ts";
import { suite } from "../kit/suite/harness.ts";

const context = toContext(openDatabase());
const { db } = context;

describe("bookPayment", () => {
  it("books again when the payment changed while its credits were being booked", async () => {
    const { paymentId, userId, ref, finish } = await beginBookingRefund();
    // The refund fails, and the turn of that news finds the account as it is to be.
    await ref.update({ amountRefunded: 0, status: "succeeded" });
    expect(await bookPayment(context, paymentId)).toMatchObject({ outcome: "unchanged" });
    await finish();
    expect(await readSubscription(userId)).toMatchObject({ availableCredits: 100, debt: 0 });
  });

  it("begins again when the account changed meanwhile", async () => {
    const { userId, finish } = await beginBookingRefund();
    expect(await spendCredits(context, { userId, amount: 30, key: "a", reason: "A picture" })).toMatchObject({
      outcome: "spent",
    });
    await finish();
    expect(await readSubscription(userId)).toMatchObject({ availableCredits: 0, debt: 30 });
  });
});

/** A database that no trigger watches. */
function openDatabase(): Firestore {
  return toFirestore({ projectId: suite.projectId, host: suite.firestoreHost, databaseId: "unwatched" });
}

function toContext(database: Firestore): CreditContext {
  return { db: database, now: () => new Date() };
}

/** The real client, whose first commit waits. */
function createSlowFirestore() {
  const slow = openDatabase();
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const createBatch = slow.batch.bind(slow);
  slow.batch = () => {
    const batch = createBatch();
    const commit = batch.commit.bind(batch);
    batch.commit = async () => {
      reached.resolve();
      await released.promise;
      return await commit();
    };
    return batch;
  };
  return { db: slow, untilCommit: async () => await reached.promise, proceed: () => released.resolve() };
}

/** A payment whose credits were booked, and whose refund is being booked: the commit waits for `finish`. */
async function beginBookingRefund() {
  const paid = await createPaidPayment();
  await bookPayment(context, paid.paymentId);
  await paid.ref.update({ amountRefunded: 1_000, status: "refunded" });
  const slow = createSlowFirestore();
  const settling = bookPayment(toContext(slow.db), paid.paymentId);
  await slow.untilCommit();
  const finish = async () => {
    slow.proceed();
    await settling;
  };
  return { ...paid, finish };
}

/** A payment of 1000 cents for 100 credits. */
async function createPaidPayment() {
  const userId = crypto.randomUUID();
  const paymentId = `test_${userId}`;
  const ref = db.collection("payments").doc(paymentId);
  await ref.set(creditablePaymentDocument.toData(buildCreditablePayment({ userId })));
  return { userId, paymentId, ref };
}

async function readSubscription(userId: string): Promise<FirebaseFirestore.DocumentData | undefined> {
  expect(await auditAccount({ db }, userId)).toMatchObject({ outcome: "agrees" });
  return (await db.collection("subscriptions").doc(userId).get()).data();
}
