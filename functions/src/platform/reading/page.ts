import { Timestamp, type DocumentSnapshot, type Query } from "@google-cloud/firestore";

/** One document of a page. `read` parses it when it is asked, so that one of another shape spoils only itself. */
export interface Listed<T> {
  id: string;
  /** Where the next page begins if this is the last document that was dealt with. */
  place: string;
  /** Throws a `DocumentError` for a document of another shape. */
  read: () => T;
}

/** `end`: where the next page begins; undefined on the last one. */
export interface Page<T> {
  documents: Listed<T>[];
  end: string | undefined;
}

export interface PageOptions<T> {
  /** The time that the query orders by before the ids; undefined if it orders by ids alone. */
  orderedBy: string | undefined;
  after: string | undefined;
  limit: number;
  parse: (snapshot: DocumentSnapshot) => T;
}

/**
 * A page of a query after a place, which is text, so that it can be saved, and holds whatever becomes of the document that
 * it names.
 */
export async function readPage<T>(query: Query, options: PageOptions<T>): Promise<Page<T>> {
  const { orderedBy, after, limit, parse } = options;
  const from = after === undefined ? query : query.startAfter(...parsePlace(after, orderedBy));
  const { docs } = await from.limit(limit).get();
  const documents = docs.map((snapshot) => ({
    id: snapshot.id,
    place: toPlace(snapshot, orderedBy),
    read: () => parse(snapshot),
  }));
  return { documents, end: documents.length === limit ? documents.at(-1)?.place : undefined };
}

/** All digits of the time: documents of one millisecond may be more than a page. */
function toPlace(snapshot: DocumentSnapshot, orderedBy: string | undefined): string {
  if (orderedBy === undefined) return snapshot.id;
  const at: unknown = snapshot.get(orderedBy);
  if (!(at instanceof Timestamp))
    throw new Error(`Cannot page by "${orderedBy}" of "${snapshot.ref.path}": it is no time`);
  return `${at.seconds}.${at.nanoseconds}/${snapshot.id}`;
}

function parsePlace(place: string, orderedBy: string | undefined): [...times: Timestamp[], id: string] {
  if (orderedBy === undefined) return [place];
  const [, seconds, nanoseconds, id] = /^(-?\d+)\.(\d+)\/(.+)$/s.exec(place) ?? [];
  if (id === undefined) throw new Error(`Cannot go on at "${place}": expected a time and an id`);
  return [new Timestamp(Number(seconds), Number(nanoseconds)), id];
}
