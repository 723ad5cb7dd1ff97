import type { InvoiceNews } from "../adapters/paymentAdapter.ts";
import type { Payment } from "../payments/documents.ts";
import { toKnownLine, toLineWorths, type LineSources, type LineWorth } from "./lineWorth.ts";

/** What an invoice is worth. `freeLines` are those that asked for no money. */
export interface InvoiceWorth {
  lines: LineWorth[];
  freeLines: LineWorth[];
  productId: string;
  subscriptionDays: number | null;
}

/** What the lines of an invoice are worth, and what its main line's product gives otherwise. */
export function toInvoiceWorth(
  { lines }: Pick<InvoiceNews, "lines">,
  sources: LineSources,
  otherwise: { productId: string; subscriptionDays: number | null },
): InvoiceWorth {
  const worths = toLineWorths(lines, sources);
  const main = lines.findLast(({ amount }) => amount > 0) ?? lines.at(-1);
  const price = main && sources.readPrice(main);
  return {
    lines: worths,
    freeLines: worths.filter(({ isFree, credits }) => isFree && credits > 0),
    productId: main?.productId ?? otherwise.productId,
    subscriptionDays: price ? price.worth.subscriptionDays : otherwise.subscriptionDays,
  };
}

export type PaidLines = Pick<Payment, "creditsTaken" | "lines"> & { creditsAmount: number };

/**
 * What an invoice gives, or takes back if its lines together are worth less than nothing; rounded down either way, so
 * that going up and down again gains nothing. `given` are the ids of the free lines that count.
 */
export function toPaidLines({ lines }: Pick<InvoiceWorth, "lines">, given: ReadonlySet<string>): PaidLines {
  const counted = lines.map((worth) => (isCounted(worth, given) ? worth : { ...worth, credits: 0 }));
  const total = counted.reduce((sum, { credits }) => sum + credits, 0);
  // Fractions are not exact in binary: the thousandth keeps 9.9999… credits from becoming 9.
  const whole = Math.floor(total + 0.001);
  return {
    creditsAmount: Math.max(0, whole),
    ...(whole < 0 && { creditsTaken: -whole }),
    lines: Object.fromEntries(
      counted.map((worth) => [worth.line.lineId, { priceId: worth.line.priceId, ...toKnownLine(worth) }]),
    ),
  };
}

/** What is free counts if it is given; what gives it back, if there is something to take. */
function isCounted({ line, isFree, givesBack }: LineWorth, given: ReadonlySet<string>): boolean {
  const freeLineId = isFree ? line.lineId : givesBack;
  return freeLineId === undefined || given.has(freeLineId);
}
