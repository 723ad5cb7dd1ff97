import type {
  DocumentData,
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  WriteBatch,
} from "@google-cloud/firestore";

const MAX_ATTEMPTS = 40;
const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 1_000;

export type Reference = DocumentReference;
/** Documents as they were read together, by path. */
export type Snapshots = ReadonlyMap<string, DocumentSnapshot>;

/** What to write to a document, and the document as it was read for that decision. */
export interface Change {
  snapshot: DocumentSnapshot;
  data: DocumentData;
}

/** What a decision writes, and what it returns. */
export interface Decided<T> {
  changes: readonly Change[];
  result: T;
}

/** A decision turns out to need another document: it is read, too, and the decision starts over. */
export class UnreadError extends Error {
  override readonly name = "UnreadError";
  readonly ref: Reference;

  constructor(ref: Reference) {
    super(`Cannot decide without document "${ref.path}"`);
    this.ref = ref;
  }
}

/** What was read is outdated, so the work must start over. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}

/**
 * Reads, decides and writes in one commit that only succeeds if no written document changed in between; otherwise it
 * starts over. Unlike a Firestore transaction it takes no locks: two writers of one payment (the webhook and a buyer
 * who returns) meet at nearly every purchase, and would wait for each other's locks and then for a back-off of a
 * second. What `decide` reads but does not write may have changed when the commit succeeds: use it only if that does
 * not matter. `decide` may run several times; it may ask others what they know after the documents were read, and may throw
 * an `UnreadError` for what only some decisions need.
 */
export async function compareAndSet<T>(
  db: Firestore,
  refs: readonly Reference[],
  decide: (snapshots: Snapshots) => Decided<T> | Promise<Decided<T>>,
): Promise<T> {
  return await untilNoConflict(async () => {
    const { changes, result } = await decideOnRead(db, refs, decide);
    if (changes.length === 0) return result;
    const batch = db.batch();
    for (const change of changes) writeChange(batch, change);
    await commit(batch);
    return result;
  });
}

/** All documents that a decision needs are of one moment: with another one, the others are read again. */
async function decideOnRead<T>(
  db: Firestore,
  refs: readonly Reference[],
  decide: (snapshots: Snapshots) => Decided<T> | Promise<Decided<T>>,
): Promise<Decided<T>> {
  const snapshots = await db.getAll(...refs);
  try {
    return await decide(new Map(snapshots.map((snapshot) => [snapshot.ref.path, snapshot])));
  } catch (error) {
    if (!(error instanceof UnreadError)) throw error;
    return await decideOnRead(db, [...refs, error.ref], decide);
  }
}

/** Repeats work whose commit did not find the documents as they were read, with growing delays. */
export async function untilNoConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !(error instanceof ConflictError)) throw error;
      const longestMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longestMs));
    }
  }
}

/** Adds a write that lets the commit fail if the document has changed since it was read. */
export function writeChange(batch: WriteBatch, { snapshot, data }: Change): void {
  const { ref, updateTime } = snapshot;
  if (updateTime) batch.update(ref, data, { lastUpdateTime: updateTime });
  else batch.create(ref, data);
}

/**
 * Creates documents and updates one that should exist, in one commit and without reading any. Returns false, with
 * nothing written, if a document is not as expected.
 */
export async function commitUnread(
  db: Firestore,
  { created, updated }: { created: readonly DocumentWrite[]; updated: DocumentWrite },
): Promise<boolean> {
  const batch = db.batch();
  for (const { ref, data } of created) batch.create(ref, data);
  batch.update(updated.ref, updated.data);
  try {
    await commit(batch);
    return true;
  } catch (error) {
    if (error instanceof ConflictError) return false;
    throw error;
  }
}

/**
 * Commits. Throws a `ConflictError` if a document is not as the batch expects it. Only a commit can say that: from a read,
 * the same codes mean that an index or the database is missing.
 */
export async function commit(batch: WriteBatch): Promise<void> {
  try {
    await batch.commit();
  } catch (cause) {
    if (!conflictCodes.has(toStatusCode(cause))) throw cause;
    throw new ConflictError("A document is not as it was read", { cause });
  }
}

/** What to write to a document that was not read. */
export interface DocumentWrite {
  ref: DocumentReference;
  data: DocumentData;
}

/** Leaves a document alone that exists already. */
export async function createIfMissing(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (toStatusCode(error) !== ALREADY_EXISTS) throw error;
  }
}

const ALREADY_EXISTS = 6;
/** NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, ABORTED. Source: https://grpc.io/docs/guides/status-codes/ */
const conflictCodes: ReadonlySet<unknown> = new Set([5, ALREADY_EXISTS, 9, 10]);

/** The gRPC status of a Firestore error. */
function toStatusCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
