import { deleteRow, insertRow, merge, windowOf, type CreatedRange, type Row } from "./rows.ts";

export interface PageQuery<T, I extends string> {
  limit: number;
  /** Only objects whose indexed field has one of the values; all objects if absent. */
  index?: { name: I; values: readonly string[] } | undefined;
  created?: CreatedRange | undefined;
  where?: ((value: T) => boolean) | undefined;
  /** Positions of the cursors, see `position`. */
  after?: number | undefined;
  before?: number | undefined;
}

interface Index<T> {
  key: (value: T) => string | null;
  rows: Map<string, Row<T>[]>;
}

/**
 * Objects of one kind in the order of their creation, found by id or by an indexed field without a scan.
 * Values are never changed in place: an update replaces the object, so older references remain snapshots.
 */
export class Collection<T extends { id: string; created: number }, I extends string = never> {
  readonly #byId = new Map<string, Row<T>>();
  readonly #all: Row<T>[] = [];
  readonly #indexes = new Map<I, Index<T>>();
  #nextSeq = 0;

  constructor(indexes: Readonly<Record<I, (value: T) => string | null>>) {
    for (const name in indexes) this.#indexes.set(name, { key: indexes[name], rows: new Map() });
  }

  read(id: string): T | undefined {
    return this.#byId.get(id)?.value;
  }

  insert(value: T): T {
    const row = { seq: this.#nextSeq, value };
    this.#nextSeq += 1;
    this.#byId.set(value.id, row);
    this.#all.push(row);
    for (const index of this.#indexes.values()) addTo(index, index.key(value), row);
    return value;
  }

  replace(value: T): T {
    const row = this.#byId.get(value.id);
    if (row === undefined) throw new Error(`Cannot replace "${value.id}": not found`);
    for (const index of this.#indexes.values()) {
      const [before, after] = [index.key(row.value), index.key(value)];
      if (before === after) continue;
      removeFrom(index, before, row);
      addTo(index, after, row);
    }
    row.value = value;
    return value;
  }

  remove(id: string): void {
    const row = this.#byId.get(id);
    if (row === undefined) return;
    this.#byId.delete(id);
    deleteRow(this.#all, row);
    for (const index of this.#indexes.values()) removeFrom(index, index.key(row.value), row);
  }

  /** Where the object stands in the order of creation. */
  position(id: string): number | undefined {
    return this.#byId.get(id)?.seq;
  }

  /** The oldest object with this value in the indexed field. */
  find(name: I, value: string): T | undefined {
    return this.#indexes.get(name)?.rows.get(value)?.[0]?.value;
  }

  /** One page, newest first. `created` never decreases, so its bounds are found by binary search. */
  page(query: PageQuery<T, I>): { data: T[]; hasMore: boolean } {
    const { limit, created = {}, where, after, before } = query;
    const windows = this.#lists(query).map((rows) => windowOf(rows, created, { after, before }));
    const found: T[] = [];
    for (const { value } of merge(windows, before === undefined ? "newest" : "oldest")) {
      if (where?.(value) === false) continue;
      found.push(value);
      if (found.length > limit) break;
    }
    const data = found.slice(0, limit);
    return { data: before === undefined ? data : data.toReversed(), hasMore: found.length > limit };
  }

  #lists({ index }: PageQuery<T, I>): readonly Row<T>[][] {
    if (index === undefined) return [this.#all];
    const rows = this.#indexes.get(index.name)?.rows;
    return [...new Set(index.values)].map((value) => rows?.get(value) ?? []);
  }
}

function addTo<T>(index: Index<T>, key: string | null, row: Row<T>): void {
  if (key === null) return;
  const rows = index.rows.get(key) ?? [];
  insertRow(rows, row);
  index.rows.set(key, rows);
}

function removeFrom<T>(index: Index<T>, key: string | null, row: Row<T>): void {
  const rows = key === null ? undefined : index.rows.get(key);
  if (rows !== undefined) deleteRow(rows, row);
}
