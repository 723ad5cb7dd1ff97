import type { InvoiceNews, PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireSupport, requireValue } from "../adapters/require.ts";
import type { Payment } from "../payments/documents.ts";
import { toPaymentId } from "../payments/merge.ts";
import type { KnownLine } from "./lineWorth.ts";

type CreditingInvoice = Pick<InvoiceNews, "key" | "lines">;

/** The ids of the invoices that the lines of an invoice credit, without its own. */
export function toCreditedInvoiceIds({ key, lines }: CreditingInvoice): string[] {
  const invoiceIds = lines.flatMap(({ credited }) => credited?.invoiceId ?? []);
  return [...new Set(invoiceIds)].filter((invoiceId) => invoiceId !== key);
}

/** The lines that an invoice credits, by id, as our payments have them; those that these lack come from `readLines`. */
export async function readCreditedLines(
  invoice: CreditingInvoice,
  known: { provider: string; payments: ReadonlyMap<string, Pick<Payment, "lines">> },
  readLines: (invoiceId: string) => Promise<ReadonlyMap<string, KnownLine>>,
): Promise<ReadonlyMap<string, KnownLine>> {
  const found = await Promise.all(
    toCreditedInvoiceIds(invoice).map(async (invoiceId) => {
      const lines = known.payments.get(toPaymentId(known.provider, invoiceId))?.lines;
      const wanted = invoice.lines.flatMap(({ credited }) =>
        credited?.invoiceId === invoiceId ? credited.lineIds : [],
      );
      const isComplete = lines !== undefined && wanted.every((lineId) => Object.hasOwn(lines, lineId));
      return isComplete ? new Map(Object.entries(lines)) : await readLines(invoiceId);
    }),
  );
  return new Map(found.flatMap((lines) => Array.from(lines)));
}

/** An invoice as the provider has it; undefined if it is none of ours. */
export async function fetchCredited(
  adapter: Pick<PaymentAdapter, "name" | "fetchInvoice">,
  invoiceId: string,
): Promise<InvoiceNews | undefined> {
  const action = `Cannot read invoice "${invoiceId}"`;
  requireSupport(adapter, "fetchInvoice", action);
  const fetched = await adapter.fetchInvoice(invoiceId);
  const isGone = fetched.outcome === "failed" && fetched.failure.kind === "not_found";
  return isGone ? undefined : requireValue(fetched, action);
}
