import type { Purchase } from "./shop.ts";
import { runBurst } from "./load.ts";
import type { Backend } from "./backend/backend.ts";

/** Firestore takes 500 writes at once; these are small enough to be quicker four at a time. */
const BATCH = 500;
const AT_ONCE = 4;

/**
 * Fills the database with copies of a payment, of a thousand users. `writes` may be more than there are `payments`: some
 * are then written again, for a database that has written more is a faster one.
 */
export async function seedPayments(
  backend: Backend,
  { paymentId }: Purchase,
  { payments, writes }: { payments: number; writes: number },
): Promise<void> {
  const payment = (await backend.db.doc(`payments/${paymentId}`).get()).data();
  await seed(backend, writes, (index) => ({
    path: `payments/stripe_pi_seed_${index % payments}`,
    data: { ...payment, userId: `seed_${index % 1000}` },
  }));
}

/** Gives a user a ledger of so many entries, of which the last ones are their own. */
export async function seedEntries(backend: Backend, uid: string, count: number): Promise<void> {
  const account = backend.db.doc(`subscriptions/${uid}`);
  const [entry] = (await account.collection("entries").limit(1).get()).docs;
  await seed(backend, count, (index) => ({
    path: `${account.path}/entries/seed_${index}`,
    data: { ...entry?.data(), seq: index + 1 },
  }));
  await account.update({ seq: count });
}

interface SeededDocument {
  readonly path: string;
  readonly data: object;
}

async function seed(
  { db }: Backend,
  count: number,
  toDocument: (index: number) => SeededDocument,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => index * BATCH);
  await runBurst(batches, { atOnce: AT_ONCE }, async (first) => {
    const batch = db.batch();
    for (let index = first; index < Math.min(first + BATCH, count); index += 1) {
      const { path, data } = toDocument(index);
      batch.set(db.doc(path), data);
    }
    await batch.commit();
  });
}
