import { productRules, type Rules } from "./rules.ts";
import { requirePrice } from "./world/catalogue.ts";

const { toInvoiceWorth, toPaidLines, giveFreeTime, giveFreeOrder, toEntitlement } = productRules;

/** Mistakes that the rules of money were written against; each must be found. */
export const faults: Record<string, Partial<Rules>> = {
  "rule 1: an invoice below nothing takes nothing": {
    toPaidLines: (...args) => {
      const { creditsTaken: _forgotten, ...rest } = toPaidLines(...args);
      return rest;
    },
  },
  "rule 2: amounts of different currencies are divided": {
    toInvoiceWorth: (invoice, sources, otherwise) =>
      toInvoiceWorth(
        invoice,
        {
          ...sources,
          readPrice: (line) => {
            const price = sources.readPrice(line);
            return price && { ...price, unitAmount: requirePrice(line.priceId).amounts.usd };
          },
        },
        otherwise,
      ),
  },
  "rule 2: a trial counts": {
    toInvoiceWorth: ({ lines }, ...rest) =>
      toInvoiceWorth(
        {
          lines: lines.map((line) =>
            line.kind === "full" && line.amount === 0 ? { ...line, kind: "debit" as const } : line,
          ),
        },
        ...rest,
      ),
  },
  "rule 3: only the first lines count": {
    toInvoiceWorth: ({ lines }, ...rest) => toInvoiceWorth({ lines: lines.slice(0, 4) }, ...rest),
  },
  "rule 4: net prorations are taken as gross": {
    toInvoiceWorth: ({ lines }, ...rest) =>
      toInvoiceWorth(
        { lines: lines.map((line) => (line.kind === "full" ? line : { ...line, isDiscounted: false })) },
        ...rest,
      ),
  },
  "rule 5: something free is given again and again": {
    giveFreeTime: (known, wanted, now) => ({ ...giveFreeTime(known, wanted, now), isGiven: true }),
  },
  "rule 5: a free order is given again and again": {
    giveFreeOrder: (known, wanted, now) => ({ ...giveFreeOrder(known, wanted, now), isGiven: true }),
  },
  "rule 5: something free is given for each unit": {
    toInvoiceWorth: (...args) => {
      const worth = toInvoiceWorth(...args);
      const lines = worth.lines.map((own) =>
        own.isFree ? { ...own, credits: own.credits * own.line.quantity } : own,
      );
      return { ...worth, lines };
    },
  },
  "rule 7: a refund's share is that of the card's part": {
    toEntitlement: ({ amountFromBalance: _forgotten, ...payment }) => toEntitlement(payment),
  },
  "rule 8: credit notes after the payment count nothing": {
    toEntitlement: ({ amountCredited: _forgotten, ...payment }) => toEntitlement(payment),
  },
  "rule 8: credit notes before the payment count nothing": {
    toEntitlement: ({ amountForgiven: _forgotten, ...payment }) => toEntitlement(payment),
  },
};

export function withFault(fault: Partial<Rules>): Rules {
  return { ...productRules, ...fault };
}
