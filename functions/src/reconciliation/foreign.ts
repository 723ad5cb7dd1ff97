import type { EventPage, ParsedEvent, PaymentAdapter, StoredEvent } from "../adapters/paymentAdapter.ts";
import { requireValue } from "../adapters/require.ts";
import { toPaymentId } from "../payments/merge.ts";
import type { ReconciliationContext } from "./step.ts";
import { hasInvoices, readKnownPayments, readKnownProducts } from "./db.ts";

/**
 * Leaves out what others do on the same provider account, as far as our own documents tell: a product that is not in the
 * catalogue and says nothing about its worth, and, on a page that follows all that brings payments, what became of a
 * payment that is not known.
 */
export async function dropForeign(
  { db }: ReconciliationContext,
  adapter: PaymentAdapter,
  { events, followsPayments = false }: Pick<EventPage, "events" | "followsPayments">,
): Promise<StoredEvent[]> {
  const products = await readKnownProducts(db, toUnique(events, toUntoldProductId));
  const names = followsPayments ? toUnique(events, toPaymentKey) : [];
  const payments = await readOurs(db, adapter, names);
  return events.filter(({ event }) => {
    const productId = toUntoldProductId(event);
    if (productId !== undefined) return products.has(productId);
    const key = followsPayments ? toPaymentKey(event) : undefined;
    return key === undefined || payments.has(key);
  });
}

/**
 * Those of the keys by which payments are known here. An invoice is known by its own key and named by that of its payment,
 * for which the provider must be asked if anybody has paid an invoice of ours.
 */
async function readOurs(
  db: ReconciliationContext["db"],
  adapter: PaymentAdapter,
  keys: readonly string[],
): Promise<Set<string>> {
  const toId = (key: string) => toPaymentId(adapter.name, key);
  const known = await readKnownPayments(db, keys.map(toId));
  const ours = new Set(keys.filter((key) => known.has(toId(key))));
  const others = keys.filter((key) => !ours.has(key));
  if (others.length === 0 || !adapter.fetchInvoiceId || !(await hasInvoices(db))) return ours;
  for (const key of others) {
    const invoiceId = requireValue(await adapter.fetchInvoiceId(key), `Cannot find the invoice of "${key}"`);
    if (invoiceId !== undefined && (await readKnownPayments(db, [toId(invoiceId)])).size > 0) ours.add(key);
  }
  return ours;
}

function toUntoldProductId(event: ParsedEvent): string | undefined {
  return event.outcome === "product" && !event.saysWorth ? event.productId : undefined;
}

function toPaymentKey(event: ParsedEvent): string | undefined {
  if (event.outcome === "update") return event.update.key;
  if (event.outcome !== "refetch") return undefined;
  const { subject } = event;
  if ("paymentKey" in subject) return subject.paymentKey;
  return "invoiceId" in subject ? subject.invoiceId : undefined;
}

function toUnique(
  events: readonly StoredEvent[],
  toKey: (event: ParsedEvent) => string | undefined,
): string[] {
  return [...new Set(events.flatMap(({ event }) => toKey(event) ?? []))];
}
