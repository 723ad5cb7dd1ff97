import type { InvoiceNews, PaymentAdapter, PaymentNews } from "../adapters/paymentAdapter.ts";
import { requireValue } from "../adapters/require.ts";
import { noFacts } from "../model/facts.ts";
import { readInvoiceWorth, readKnown } from "../invoices/readWorth.ts";
import { toPaidLines, type InvoiceWorth } from "../invoices/worth.ts";
import { readFreeTimes } from "../news/applyNews.ts";
import { readBought } from "../news/bought.ts";
import { isFree } from "../payments/applyFacts.ts";
import { readPrivateFacts, readSession } from "../payments/db.ts";
import type { Free } from "../payments/documents.ts";
import { giveFreeOrder, giveFreeTime } from "../payments/free.ts";
import { mergePaymentFacts } from "../payments/merge.ts";
import type { StoreContext } from "../platform/context.ts";
import type { AuditedPayment } from "./findings.ts";

type Subject = Pick<AuditedPayment, "paymentId" | "stored">;

/** What one user has had of each product without being asked for money, as their payments are audited in their order. */
export class FreeBook {
  readonly #known = new Map<string, Free>();

  giveTime(productId: string, wanted: Parameters<typeof giveFreeTime>[1], now: Date): boolean {
    const { isGiven, free } = giveFreeTime(this.#known.get(productId), wanted, now);
    this.#known.set(productId, free);
    return isGiven;
  }

  giveOrder(productId: string, wanted: Parameters<typeof giveFreeOrder>[1], now: Date): boolean {
    const { isGiven, free } = giveFreeOrder(this.#known.get(productId), wanted, now);
    this.#known.set(productId, free);
    return isGiven;
  }
}

/**
 * A payment as it would be written today, from the provider's objects. Lines that are stored with their worth count as they
 * are: they were worth that when they were sold. Throws if the provider cannot say it now.
 */
export async function readExpectedPayment(
  context: StoreContext,
  adapter: PaymentAdapter,
  subject: Subject,
  free: FreeBook,
): Promise<AuditedPayment> {
  const { paymentId, stored } = subject;
  const action = `Cannot read payment "${paymentId}"`;
  if (stored.sessionId !== null) {
    const news = requireValue(await adapter.fetchCheckout(stored.sessionId), action);
    return await toExpectedOrder(context, adapter, { ...subject, news }, free);
  }
  const key = paymentId.slice(adapter.name.length + 1);
  const fetched = requireValue(await adapter.fetchPayment(key), action);
  return "invoice" in fetched
    ? await toExpectedInvoice(context, adapter, { ...subject, invoice: fetched.invoice }, free)
    : await toExpectedOrder(context, adapter, { ...subject, news: fetched.news }, free);
}

async function toExpectedInvoice(
  context: StoreContext,
  adapter: PaymentAdapter,
  { paymentId, stored, invoice }: Subject & { invoice: InvoiceNews },
  free: FreeBook,
): Promise<AuditedPayment> {
  const now = context.now();
  const lines = invoice.lines.length;
  const hidden = await readPrivateFacts(context.db, paymentId);
  const { payment: merged } = mergePaymentFacts({ payment: stored, hidden }, invoice.facts, now);
  if (stored.lines) return { paymentId, stored, expected: merged, lines };
  const known = await readKnown(context, adapter, invoice);
  const worth = await readInvoiceWorth(context, adapter, { invoice, known });
  const given = giveFreeLines(stored.userId, worth, { free, now });
  const { creditsAmount, creditsTaken = 0 } = toPaidLines(worth, given);
  const expected = { ...merged, creditsTaken, worth: { ...stored.worth, creditsAmount } };
  return { paymentId, stored, expected, lines };
}

/** The ids of the free lines that would be given. */
function giveFreeLines(
  userId: string,
  { freeLines }: InvoiceWorth,
  { free, now }: { free: FreeBook; now: Date },
): ReadonlySet<string> {
  const given = freeLines.filter(({ line }) =>
    free.giveTime(line.productId, { userId, key: line.lineId, ...line.period }, now),
  );
  return new Set(given.map(({ line }) => line.lineId));
}

async function toExpectedOrder(
  context: StoreContext,
  adapter: PaymentAdapter,
  { paymentId, stored, news }: Subject & { news: PaymentNews },
  free: FreeBook,
): Promise<AuditedPayment> {
  const creditsAmount = await readOrderCredits(context, adapter, { paymentId, stored, news }, free);
  const hidden = await readPrivateFacts(context.db, paymentId);
  const facts = news.payment?.facts ?? noFacts;
  const { payment: merged } = mergePaymentFacts({ payment: stored, hidden }, facts, context.now());
  const worth = { ...stored.worth, creditsAmount: creditsAmount ?? stored.worth.creditsAmount };
  return { paymentId, stored, expected: { ...merged, worth }, lines: 1 };
}

/** What a buyer was shown counts, or else what was bought; undefined if nothing says it. */
async function readOrderCredits(
  context: StoreContext,
  adapter: PaymentAdapter,
  { paymentId, stored, news }: Subject & { news: PaymentNews },
  free: FreeBook,
): Promise<number | undefined> {
  const sessionId = stored.sessionId ?? news.checkout.sessionId;
  const order = (await readSession(context.db, sessionId)) ?? news.order;
  if (!order) return undefined;
  if (!isFree(news))
    return (await readBought(context, adapter, news))?.creditsAmount ?? order.worth.creditsAmount;
  const times = await readFreeTimes(context, adapter, news);
  const wanted = { userId: stored.userId, paymentId, times: times ?? 1 };
  const isGiven = free.giveOrder(stored.productId, wanted, context.now());
  return isGiven ? order.worth.creditsAmount / order.quantity : 0;
}
