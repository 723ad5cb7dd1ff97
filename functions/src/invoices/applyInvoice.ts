import type { InvoiceNews, PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { Committer, type Applied } from "../inbox/committer.ts";
import { freeRef, paymentRef } from "../payments/db.ts";
import { freeDocument, type Free, type Payment } from "../payments/documents.ts";
import { giveFreeTime } from "../payments/free.ts";
import { emptyPayment, mergePaymentFacts, toLivemode, toPaymentId } from "../payments/merge.ts";
import { readWhole, toWholeChanges } from "../payments/whole.ts";
import type { StoreContext } from "../platform/context.ts";
import type { Change, Snapshots } from "../platform/compareAndSet.ts";
import { readDocument, toChange, type KnownDocument } from "../platform/document.ts";
import { fetchCredited, toCreditedInvoiceIds } from "./credited.ts";
import type { KnownForInvoice } from "./db.ts";
import { readInvoiceWorth, readKnown } from "./readWorth.ts";
import { toPaidLines, type InvoiceWorth } from "./worth.ts";

/**
 * How long a chain of invoices may be, each of which credits an earlier one that is not known here. Each link is saved as
 * it is made, so that a chain that takes longer than one call goes on with the next one.
 */
const MAX_DEPTH = 1_000;

export interface AppliedInvoice extends Applied {
  paymentId: string;
  payment: Payment;
}

/**
 * Applies the news of one invoice of a recurring subscription, which is a payment of its own. What it is worth is fixed
 * with the first news of it.
 */
export async function applyInvoice(
  context: StoreContext,
  adapter: PaymentAdapter,
  invoice: InvoiceNews,
  committer: Committer,
  depth = 0,
): Promise<AppliedInvoice> {
  const now = context.now();
  const { order, key } = invoice;
  if (!order) throw new Error(`Cannot read invoice "${key}": its subscription's metadata is unreadable`);
  const provider = adapter.name;
  const paymentId = toPaymentId(provider, key);
  const paymentAt = paymentRef(context.db, paymentId);
  const ours = await readAfterCredited(context, adapter, invoice, depth);
  const worth = ours.payment ? undefined : await readInvoiceWorth(context, adapter, { invoice, known: ours });
  const subject = { provider, userId: order.userId, invoice };
  const freeAt = toFreeRefs(context, subject, worth);
  const { outcome, changed, result } = await committer.commit(
    [paymentAt, ...freeAt.values()],
    (snapshots) => {
      const whole = readWhole(snapshots, paymentAt, invoice.facts);
      const first = whole.known ? undefined : buildFirstPayment(subject, { worth, freeAt, snapshots }, now);
      const before = whole.known?.payment ?? first?.payment;
      if (!before) throw new Error(`Cannot apply invoice "${key}": its payment was deleted meanwhile`);
      const providerData = { ...before.providerData, ...invoice.providerData };
      const payment = { ...before, providerData, ...toLivemode(invoice) };
      const next = mergePaymentFacts({ payment, hidden: whole.known?.hidden }, invoice.facts, now);
      const changes = [...(first?.changes ?? []), ...toWholeChanges(whole, next)];
      return { changes, result: { paymentId, payment: next.payment } };
    },
  );
  return { outcome, changed, ...result };
}

/**
 * What our documents say about an invoice once those that it credits are applied. Whether something free counts is decided
 * when its own invoice is applied, and a credit of it takes nothing back if it did not.
 */
async function readAfterCredited(
  context: StoreContext,
  adapter: PaymentAdapter,
  invoice: InvoiceNews,
  depth: number,
): Promise<KnownForInvoice> {
  const known = await readKnown(context, adapter, invoice);
  const missing = toCreditedInvoiceIds(invoice).filter(
    (invoiceId) => !known.credited.has(toPaymentId(adapter.name, invoiceId)),
  );
  if (known.payment || missing.length === 0) return known;
  if (depth === MAX_DEPTH)
    throw new Error(`Cannot apply invoice "${invoice.key}": its chain of credits does not end`);
  for (const invoiceId of missing) {
    const credited = await fetchCredited(adapter, invoiceId);
    if (credited?.order) await applyInvoice(context, adapter, credited, new Committer(context), depth + 1);
  }
  return await readKnown(context, adapter, invoice);
}

interface InvoiceSubject {
  provider: string;
  userId: string;
  invoice: InvoiceNews;
}

type FreeRefs = ReadonlyMap<string, ReturnType<typeof freeRef>>;

/** The documents of the products that the invoice gives without asking for money, by product. */
function toFreeRefs(
  { db }: StoreContext,
  { provider, userId }: InvoiceSubject,
  worth: InvoiceWorth | undefined,
): FreeRefs {
  const productIds = new Set(worth?.freeLines.map(({ line }) => line.productId));
  return new Map(
    [...productIds].map((productId) => [productId, freeRef(db, { userId, provider, productId })]),
  );
}

/** The payment as it is before anything is known to have happened to it, and the changes that giving something free makes. */
function buildFirstPayment(
  subject: InvoiceSubject,
  found: { worth: InvoiceWorth | undefined; freeAt: FreeRefs; snapshots: Snapshots },
  now: Date,
): { payment: Payment; changes: Change[] } | undefined {
  const { worth, freeAt, snapshots } = found;
  if (!worth) return undefined;
  const { provider, userId, invoice } = subject;
  const { amount, currency, metadata } = invoice;
  const free = new Map(
    [...freeAt].map(([productId, ref]) => [productId, readDocument(snapshots, ref, freeDocument)]),
  );
  const { given, changes } = giveFreeLines(userId, { worth, free }, now);
  const { creditsAmount, ...paidLines } = toPaidLines(worth, given);
  const takenFrom = toCreditedInvoiceIds(invoice).map((invoiceId) => toPaymentId(provider, invoiceId));
  const { productId, subscriptionDays } = worth;
  const payment = {
    ...emptyPayment,
    ...paidLines,
    ...(paidLines.creditsTaken !== undefined && takenFrom.length > 0 && { takenFrom }),
    userId,
    provider,
    productId,
    worth: { creditsAmount, subscriptionDays },
    sessionId: null,
    amount: Math.max(0, amount),
    currency,
    metadata,
    createdAt: now,
    updatedAt: now,
  };
  return { payment, changes };
}

/** The ids of the free lines that are given, and what notes it. */
function giveFreeLines(
  userId: string,
  { worth, free }: { worth: InvoiceWorth; free: ReadonlyMap<string, KnownDocument<Free>> },
  now: Date,
): { given: ReadonlySet<string>; changes: Change[] } {
  const given = new Set<string>();
  const changes: Change[] = [];
  for (const [productId, document] of free) {
    let { known } = document;
    for (const { line } of worth.freeLines.filter((own) => own.line.productId === productId)) {
      const decided = giveFreeTime(known, { userId, key: line.lineId, ...line.period }, now);
      known = decided.free;
      if (decided.isGiven) given.add(line.lineId);
    }
    if (known && known !== document.known) changes.push(toChange(document, known));
  }
  return { given, changes };
}
