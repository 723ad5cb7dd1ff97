import type { InvoiceLine, InvoiceNews } from "../../../functions/src/adapters/paymentAdapter.ts";
import type { PaymentFacts } from "../../../functions/src/contract/documents.ts";
import { noFacts } from "../../../functions/src/model/facts.ts";
import type { WorldInvoice, WorldLine } from "./world/types.ts";

/** An invoice of the world as the adapter would tell of it now. */
export function toLines(invoice: WorldInvoice): InvoiceNews["lines"] {
  return invoice.lines.map(toLine);
}

function toLine(line: WorldLine): InvoiceLine {
  const { invoiceId: _invoiceId, truth: _truth, period, credited, ...shown } = line;
  return {
    ...shown,
    period: { start: new Date(period.start), end: new Date(period.end) },
    credited: credited ?? undefined,
  };
}

export function toFacts(invoice: WorldInvoice): PaymentFacts {
  const { status, cardPaid: amount, balanceUsed: fromBalance, currency, paidAt, createdAt } = invoice;
  const at = new Date(paidAt ?? createdAt);
  const known = { ...noFacts, ...toNotes(invoice, at) };
  if (status === "void") return { ...known, canceled: { at } };
  if (status === "open") return { ...known, failed: { reason: "card_declined", at } };
  return {
    ...known,
    paid: { amount, currency, at, fromBalance },
    refunds: toRecord(invoice.refunds, (refunded) => ({ state: "succeeded", amount: refunded, at })),
    disputes: toRecord(invoice.disputesLost, (lost) => ({ state: "lost", amount: lost, at })),
  };
}

function toRecord<T>(amounts: readonly number[], toFact: (amount: number) => T): Record<string, T> {
  return Object.fromEntries(amounts.map((amount, index) => [String(index), toFact(amount)]));
}

function toNotes({ notes }: WorldInvoice, at: Date) {
  const facts = notes.map(({ noteId, kind, amount, isVoid }) => {
    const [prePayment, postPayment] = kind === "pre" ? [amount, 0] : [0, amount];
    const state = isVoid ? ("void" as const) : ("issued" as const);
    return [noteId, { state, prePayment, postPayment, at }] as const;
  });
  return { creditNotes: Object.fromEntries(facts) };
}
