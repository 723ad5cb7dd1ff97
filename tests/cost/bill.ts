import { toCosts } from "../kit/transport/costs.ts";
import type { WorldFunctions } from "../kit/transport/worldFunctions.ts";

/** `reads` are documents read by their key, `found` those that queries returned. */
export interface Row {
  readonly story: string;
  readonly invocations: number;
  readonly providerCalls: number;
  readonly reads: number;
  readonly queries: number;
  readonly found: number;
  readonly writes: number;
}

const COLUMNS = ["story", "invocations", "providerCalls", "reads", "queries", "found", "writes"] as const;

/** What each story cost. */
export class Bill {
  readonly #functions: WorldFunctions;
  readonly #rows: Row[] = [];

  constructor(functions: WorldFunctions) {
    this.#functions = functions;
  }

  async add<T>(story: string, tell: () => Promise<T>): Promise<T> {
    const before = this.#functions.invocations;
    const { result, calls } = await this.#functions.wire.gate.record(tell);
    const { providerCalls, reads, queries, found, writes } = toCosts(calls);
    const invocations = this.#functions.invocations - before;
    this.#rows.push({ story, invocations, providerCalls, reads, queries, found, writes });
    return result;
  }

  row(story: string): Row {
    const found = this.#rows.find((row) => row.story === story);
    if (!found) throw new Error(`No story "${story}" was told`);
    return found;
  }

  /** A table, one line a story. */
  toText(): string {
    const lines = this.#rows.map((row) => COLUMNS.map((column) => String(row[column])));
    const table = [[...COLUMNS], ...lines];
    const widths = COLUMNS.map((_, at) => Math.max(...table.map((line) => line[at]?.length ?? 0)));
    return table.map((line) => toLine(line, widths)).join("\n");
  }
}

/** Names to the left, numbers to the right. */
function toLine(cells: readonly string[], widths: readonly number[]): string {
  const toCell = (cell: string, at: number): string =>
    at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  return cells.map(toCell).join("  ");
}
