import { requirePrice } from "./world/catalogue.ts";
import type { WorldInvoice, WorldLine } from "./world/types.ts";
import type { World } from "./world/world.ts";
import { toLaw } from "../law/law.ts";
import { exactly } from "../law/range.ts";
import type { Law, LawInvoice, LawLine } from "../law/types.ts";

/** The law of a world, from what is true in it, whatever it shows. */
export function toLawOfWorld({ invoices }: World): Law {
  const lines = new Map<WorldLine, LawLine>();
  return toLaw(invoices.map((invoice) => toLawInvoice(invoice, lines)));
}

function toLawInvoice(invoice: WorldInvoice, known: Map<WorldLine, LawLine>): LawInvoice {
  const { invoiceId, userId, status, paidAt, total, subscriptionId } = invoice;
  const priceId = invoice.lines[0]?.priceId ?? "";
  return {
    invoiceId,
    userId,
    isPaid: status === "paid",
    paidAt: paidAt ?? 0,
    lines: invoice.lines.map((line) => toLawLine(line, known)),
    asked: Math.max(0, total),
    gone: toGone(invoice),
    ...(subscriptionId === null && { freeTimes: requirePrice(priceId).freeTimes }),
  };
}

function toGone({ refunds, disputesLost, notes }: WorldInvoice): number {
  const credited = notes.filter(({ isVoid }) => !isVoid).map(({ amount }) => amount);
  return [...refunds, ...disputesLost, ...credited].reduce((sum, amount) => sum + amount, 0);
}

function toLawLine(line: WorldLine, known: Map<WorldLine, LawLine>): LawLine {
  const before = known.get(line);
  if (before) return before;
  const { truth, lineId, productId, priceId, quantity, period } = line;
  const { kind, share, gross, net, isTrial, isClassic, origin } = truth;
  const made: LawLine = {
    lineId,
    productId,
    quantity,
    kind,
    share,
    isTrial,
    isClassic,
    ...period,
    isDiscounted: line.isDiscounted,
    worthPerUnit: exactly(requirePrice(priceId).credits),
    gross: Math.abs(gross),
    isFree: net === 0 && !isTrial,
    origins: origin ? [toLawLine(origin, known)] : [],
  };
  known.set(line, made);
  return made;
}
