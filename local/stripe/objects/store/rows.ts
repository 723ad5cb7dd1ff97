/** One stored object and its place in the order of creation. */
export interface Row<T> {
  seq: number;
  value: T;
}

/** A stretch of a sorted list, without a copy of it. */
interface Window<T> {
  rows: readonly Row<T>[];
  start: number;
  end: number;
}

/** The first position at which the condition holds, which must then hold for every later row. */
function lowerBound<R>(rows: readonly R[], holds: (row: R) => boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && holds(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function insertRow<T>(rows: Row<T>[], row: Row<T>): void {
  rows.splice(
    lowerBound(rows, ({ seq }) => seq > row.seq),
    0,
    row,
  );
}

export function deleteRow<T>(rows: Row<T>[], row: Row<T>): void {
  const place = lowerBound(rows, ({ seq }) => seq >= row.seq);
  if (rows[place] === row) rows.splice(place, 1);
}

/** The stretch between two cursors and within a range of creation times. */
export function windowOf<T extends { created: number }>(
  rows: readonly Row<T>[],
  created: CreatedRange,
  cursors: { after?: number | undefined; before?: number | undefined },
): Window<T> {
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = created;
  const { after = Infinity, before = -Infinity } = cursors;
  const start = lowerBound(
    rows,
    ({ seq, value }) => seq > before && value.created > gt && value.created >= gte,
  );
  const end = lowerBound(
    rows,
    ({ seq, value }) => seq >= after || value.created >= lt || value.created > lte,
  );
  return { rows, start, end };
}

/** The rows of all windows in one order, by creation, from either end. */
export function* merge<T>(windows: readonly Window<T>[], from: "newest" | "oldest"): Generator<Row<T>> {
  for (;;) {
    let best: Window<T> | undefined;
    for (const window of windows) {
      if (window.start < window.end && (best === undefined || isAhead(window, best, from))) best = window;
    }
    const row = best && headOf(best, from);
    if (best === undefined || row === undefined) return;
    if (from === "newest") best.end -= 1;
    else best.start += 1;
    yield row;
  }
}

function headOf<T>({ rows, start, end }: Window<T>, from: "newest" | "oldest"): Row<T> | undefined {
  return rows[from === "newest" ? end - 1 : start];
}

function isAhead<T>(window: Window<T>, other: Window<T>, from: "newest" | "oldest"): boolean {
  const [a, b] = [headOf(window, from)?.seq ?? 0, headOf(other, from)?.seq ?? 0];
  return from === "newest" ? a > b : a < b;
}

/** Bounds on `created`, in seconds, as Stripe's list filter. */
export interface CreatedRange {
  gt?: number;
  gte?: number;
  lt?: number;
  lte?: number;
}
