import { isDeepStrictEqual } from "node:util";
import type { DocumentData, DocumentReference, DocumentSnapshot } from "@google-cloud/firestore";
import * as z from "zod";
import { UnreadError, type Change, type Snapshots } from "./compareAndSet.ts";
import { DocumentError } from "./errors.ts";

/** How one kind of document is read and written. */
export interface DocumentKind<T> {
  /** Undefined if there is none, or if it is somebody else's. Throws a `DocumentError` for one of another shape. */
  readonly parse: (snapshot: DocumentSnapshot) => T | undefined;
  /** What to write. Throws a `DocumentError` for what `parse` would not read again. */
  readonly toData: (value: T, path?: string) => DocumentData;
}

/** A kind of document that the program uses in the shape in which it is stored. */
export function documentOf<S extends z.ZodType<object>>(schema: S): DocumentKind<z.output<S>> {
  return {
    parse: (snapshot) => parseDocument(snapshot, schema),
    toData: (value, path) => requireReadable(value, schema, path),
  };
}

/** A kind of document that the program uses in another shape than the stored one. */
export function translatedDocumentOf<S extends z.ZodType<object>, T>(
  schema: S,
  translation: {
    toValue: (stored: z.output<S>) => T;
    toStored: (value: T) => z.output<S>;
    /** In collections that others use, too: whether a document is ours, whatever its shape. */
    isOurs?: (snapshot: DocumentSnapshot) => boolean;
  },
): DocumentKind<T> {
  const { toValue, toStored, isOurs = () => true } = translation;
  return {
    parse: (snapshot) => {
      if (!isOurs(snapshot)) return undefined;
      const stored = parseDocument(snapshot, schema);
      return stored === undefined ? undefined : toValue(stored);
    },
    toData: (value, path) => requireReadable(toStored(value), schema, path),
  };
}

/** A document as its schema reads it; undefined if there is none. Throws a `DocumentError` for one of another shape. */
export function parseDocument<S extends z.ZodType>(
  snapshot: DocumentSnapshot,
  schema: S,
): z.output<S> | undefined {
  if (!snapshot.exists) return undefined;
  const parsed = schema.safeParse(snapshot.data());
  if (parsed.success) return parsed.data;
  throw toDocumentError(`read document "${snapshot.ref.path}"`, parsed.error);
}

/** A value if its schema will read it again: what nobody can read would hold up all that needs it. */
export function requireReadable<T extends object>(value: T, schema: z.ZodType, path = "of a new kind"): T {
  const { error } = schema.safeParse(value);
  if (error) throw toDocumentError(`write document "${path}"`, error);
  return value;
}

function toDocumentError(action: string, error: z.ZodError): DocumentError {
  return new DocumentError(`Cannot ${action}: ${z.prettifyError(error)}`);
}

/** A document that was read, and what it says; `known` is undefined if there is none, or if it is somebody else's. */
export interface KnownDocument<T> {
  snapshot: DocumentSnapshot;
  known: T | undefined;
  kind: DocumentKind<T>;
}

export function readDocument<T>(
  snapshots: Snapshots,
  ref: DocumentReference,
  kind: DocumentKind<T>,
): KnownDocument<T> {
  const snapshot = requireSnapshot(snapshots, ref);
  return { snapshot, known: kind.parse(snapshot), kind };
}

/** The same for a document that only some decisions need: it may not have been asked for. */
export function readAlso<T>(
  snapshots: Snapshots,
  ref: DocumentReference,
  kind: DocumentKind<T>,
): KnownDocument<T> {
  if (!snapshots.has(ref.path)) throw new UnreadError(ref);
  return readDocument(snapshots, ref, kind);
}

export function requireSnapshot(snapshots: Snapshots, ref: DocumentReference): DocumentSnapshot {
  const snapshot = snapshots.get(ref.path);
  if (snapshot) return snapshot;
  throw new Error(`Cannot read document "${ref.path}": it was not asked for`);
}

export function isForeign({ snapshot, known }: Pick<KnownDocument<unknown>, "snapshot" | "known">): boolean {
  return snapshot.exists && known === undefined;
}

/** The write that brings a document to `next`. Throws rather than overwriting somebody else's. */
export function toChange<T>(document: KnownDocument<T>, next: T): Change {
  const { snapshot, kind } = document;
  if (isForeign(document))
    throw new DocumentError(`Cannot write document "${snapshot.ref.path}": it is somebody else's`);
  return { snapshot, data: kind.toData(next, snapshot.ref.path) };
}

/** The same in a list, which is empty if only `updatedAt` would change. */
export function toChangeIfNew<T extends { updatedAt: Date }>(document: KnownDocument<T>, next: T): Change[] {
  const { known } = document;
  const isSame = known !== undefined && isDeepStrictEqual({ ...known, updatedAt: next.updatedAt }, next);
  return isSame ? [] : [toChange(document, next)];
}
