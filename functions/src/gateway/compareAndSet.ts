import type { DocumentData, DocumentReference, DocumentSnapshot, Firestore } from "@google-cloud/firestore";

const MAX_ATTEMPTS = 30;
const MAX_DELAY_MS = 40;

/** A document as it is to be, and as it was when that was decided. */
export interface Change {
  snapshot: DocumentSnapshot;
  data: DocumentData;
}

/**
 * Reads, decides and writes in one commit that only succeeds if no written document changed in between; otherwise it
 * begins again at once. Other than a Firestore transaction it takes no locks: two writers of one payment (the webhook
 * and a buyer who returns) meet at nearly every purchase, and would wait for each other's locks and then for a back-off
 * of a second. What `decide` reads but does not write may have changed when the commit succeeds: use it only where that
 * does not matter. `decide` may run several times.
 */
export async function compareAndSet<T>(
  db: Firestore,
  refs: readonly DocumentReference[],
  decide: (snapshots: ReadonlyMap<string, DocumentSnapshot>) => { changes: readonly Change[]; result: T },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const snapshots = await db.getAll(...refs);
    const { changes, result } = decide(new Map(snapshots.map((snapshot) => [snapshot.ref.path, snapshot])));
    if (changes.length === 0) return result;
    try {
      await commit(db, changes);
      return result;
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isConflict(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_DELAY_MS));
    }
  }
}

async function commit(db: Firestore, changes: readonly Change[]): Promise<void> {
  const batch = db.batch();
  for (const { snapshot, data } of changes) {
    const { ref, updateTime } = snapshot;
    if (updateTime) batch.update(ref, data, { lastUpdateTime: updateTime });
    else batch.create(ref, data);
  }
  await batch.commit();
}

/** NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED. Source: https://grpc.io/docs/guides/status-codes/ */
const CONFLICT_CODES: ReadonlySet<unknown> = new Set([5, 6, 9, 10]);

function isConflict(error: unknown): boolean {
  return error instanceof Error && "code" in error && CONFLICT_CODES.has(error.code);
}
