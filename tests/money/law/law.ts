import { findFreeLines, freeReadings, type FreeReading } from "./freeWorth.ts";
import { toCreditWorth, toFreeWorth, toSoldWorth } from "./lineWorth.ts";
import { add, join, nothing } from "./range.ts";
import type { Bounds, Law, LawInvoice, LawLine, Range } from "./types.ts";

const none: Bounds = { ...nothing, lines: 0 };

/**
 * The least and the most credits that payments may have given each user, from what the provider has. For each invoice the
 * credits of its lines are scaled by the money that was kept; what an invoice takes is taken whole.
 */
export function toLaw(invoices: readonly LawInvoice[]): Law {
  const [law = new Map(), ...others] = freeReadings.map((reading) => toLawWith(invoices, reading));
  return new Map(
    [...law].map(([userId, bounds]) => {
      const range = others.reduce<Range>(
        (joined, other) => join(joined, other.get(userId) ?? bounds),
        bounds,
      );
      return [userId, { ...bounds, ...range }];
    }),
  );
}

/** One sentence for each user to whom payments gave more or less than the law lets them. */
export function findBreaches(law: Law, granted: ReadonlyMap<string, number>): string[] {
  const userIds = [...new Set([...law.keys(), ...granted.keys()])];
  return userIds.flatMap((userId) => {
    const { least, most, lines } = law.get(userId) ?? none;
    const credits = granted.get(userId) ?? 0;
    if (credits <= most + lines && credits >= least - lines) return [];
    const allowed = least === most ? toText(least) : `${toText(least)} to ${toText(most)}`;
    const fault = credits > most ? "too many" : "too few";
    return [`${userId} got ${fault} credits: ${credits}, where the law says ${allowed} (${lines} lines)`];
  });
}

function toText(credits: number): string {
  return String(Math.round(credits * 100) / 100);
}

function toLawWith(invoices: readonly LawInvoice[], free: FreeReading): Law {
  const reading: Reading = { free, counted: findFreeLines(invoices, free), worths: new Map() };
  const law: Law = new Map();
  const paid = invoices.filter(({ isPaid }) => isPaid).toSorted((a, b) => a.paidAt - b.paidAt);
  for (const invoice of paid) {
    let net = nothing;
    for (const line of invoice.lines) {
      const worth = toLineWorth(line, reading);
      reading.worths.set(line, worth);
      net = add(net, worth);
    }
    const before = law.get(invoice.userId) ?? none;
    const lines = before.lines + invoice.lines.length;
    law.set(invoice.userId, { ...add(before, toGiven(invoice, net)), lines });
  }
  return law;
}

interface Reading {
  free: FreeReading;
  /** The free lines that count. */
  counted: ReadonlySet<LawLine>;
  /** What the lines of paid invoices were worth. */
  worths: Map<LawLine, Range>;
}

function toLineWorth(line: LawLine, { free, counted, worths }: Reading): Range {
  if (line.kind === "credit") {
    const billed = line.origins.map((origin) => worths.get(origin) ?? toUnpaidWorth(origin));
    return toCreditWorth(line, billed.reduce(add, nothing), free.end);
  }
  if (line.isTrial) return nothing;
  if (!line.isFree) return toSoldWorth(line);
  return counted.has(line) ? toFreeWorth(line) : nothing;
}

/** What was never paid is taken back all the same; whether its free worth counts is left open. */
function toUnpaidWorth(line: LawLine): Range {
  if (line.isTrial) return nothing;
  return line.isFree ? join(nothing, toFreeWorth(line)) : toSoldWorth(line);
}

function toGiven(invoice: LawInvoice, { least, most }: Range): Range {
  const kept = toKeptShare(invoice);
  const give = (net: number): number => (net > 0 ? net * kept : net);
  return { least: give(least), most: give(most) };
}

function toKeptShare({ asked, gone }: LawInvoice): number {
  return asked === 0 ? 1 : Math.max(0, asked - gone) / asked;
}
