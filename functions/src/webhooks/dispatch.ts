import type {
  ParsedEvent,
  PaymentAdapter,
  PaymentUpdate,
  ProviderResult,
  RefetchSubject,
} from "../adapters/paymentAdapter.ts";
import { requireSupport } from "../adapters/require.ts";
import { refreshProduct, type RefreshedProduct } from "../catalogue/refresh.ts";
import type { PaymentStatus, WebhookOutcome } from "../contract/codes.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import type { Committer } from "../inbox/committer.ts";
import { processEvent } from "../inbox/processEvent.ts";
import { mergeFacts, noFacts } from "../model/facts.ts";
import { applyFetched, type AppliedNews, type FetchedNews } from "../news/applyNews.ts";
import { withLater } from "../news/later.ts";
import { applyUpdate } from "../payments/applyFacts.ts";
import { readPayment } from "../payments/db.ts";
import type { Payment } from "../payments/documents.ts";
import { toPaymentId } from "../payments/merge.ts";
import { refreshPlan } from "../plans/refresh.ts";
import type { SubscribedTwice } from "../plans/save.ts";
import type { ProjectContext } from "../platform/context.ts";

/** How the work on one event ended. `changed`: it said something new. */
interface Handled {
  outcome: WebhookOutcome;
  changed: boolean;
  reason?: string;
  productId?: string;
  /** Why active prices of the product are not for sale, by their id. */
  withheld?: Record<string, string>;
  sessionId?: string | null;
  paymentId?: string | null;
  status?: PaymentStatus;
  /** The plan is live beside another one of its product, which does not allow several. */
  subscribedTwice?: SubscribedTwice;
}

export type HandledEvent = Handled & { eventId: string; type: string };

/**
 * Does the work of one event, wherever it comes from. Work that fails is saved in the inbox and thrown, see
 * `processEvent`.
 */
export async function handleEvent(
  context: ProjectContext,
  adapter: PaymentAdapter,
  { event, payload }: { event: ParsedEvent; payload: () => string },
): Promise<HandledEvent> {
  const { eventId, type } = event;
  if (event.outcome === "ignored") {
    return { outcome: "ignored", eventId, type, changed: false, reason: event.reason };
  }
  const subject = {
    provider: adapter.name,
    event,
    payload: () => adapter.toStoredPayload(payload()),
  };
  const handled = await processEvent(
    context,
    subject,
    async (last) => await dispatch(context, adapter, event, last),
  );
  return { eventId, type, ...handled };
}

const productOutcomes: Record<RefreshedProduct["outcome"], WebhookOutcome> = {
  applied: "processed",
  duplicate: "duplicate",
  gone: "ignored",
  not_for_sale: "ignored",
  taken: "ignored",
  foreign: "ignored",
};

type ActionableEvent = Exclude<ParsedEvent, { outcome: "ignored" }>;
type MoneyEvent = Exclude<ActionableEvent, { outcome: "product" | "subscription" | "unreadable" }>;

async function dispatch(
  context: ProjectContext,
  adapter: PaymentAdapter,
  event: ActionableEvent,
  last: Committer,
): Promise<Handled> {
  if (event.outcome === "unreadable") throw new Error(`Cannot read the event: ${event.reason}`);
  if (event.outcome === "update") {
    const applied = await applyKnown(context, adapter, event.update, last);
    if (applied) return toHandled(applied);
  }
  if (event.outcome === "refetch") {
    const applied = await applyRefunds(context, adapter, event.subject, last);
    if (applied) return toHandled(applied);
  }
  if (event.outcome === "product") {
    const { productId } = event;
    const { outcome, changed, withheld } = await refreshProduct(context, adapter, productId, last);
    return { outcome: productOutcomes[outcome], changed, ...(withheld && { productId, withheld }) };
  }
  if (event.outcome === "subscription") {
    return await refreshPlan(context, adapter, event.subscriptionId, last);
  }
  const fetched = await readNews(context, adapter, event);
  if (!fetched) return { outcome: "ignored", changed: false, reason: "foreign" };
  return toHandled(await applyFetched(context, adapter, fetched, last));
}

type AppliedUpdate = Awaited<ReturnType<typeof applyUpdate>>;

/** Applies an update of a payment that is known here, by its own key or as the invoice that it paid. */
async function applyKnown(
  context: ProjectContext,
  adapter: PaymentAdapter,
  update: PaymentUpdate,
  last: Committer,
): Promise<AppliedUpdate> {
  const provider = adapter.name;
  const applied = await applyUpdate(context, { provider, update }, last);
  if (applied) return applied;
  const known = await findPaidInvoice(context, adapter, update.key);
  return known && (await applyUpdate(context, { provider, update: { ...update, key: known.key } }, last));
}

/**
 * Applies what refunds gave back in all, if the payment is known here: nothing is asked if that is what its refunds sum up
 * to, since their own events have been heard. Undefined if more than the refunds must be fetched.
 */
async function applyRefunds(
  context: ProjectContext,
  adapter: PaymentAdapter,
  subject: RefetchSubject,
  last: Committer,
): Promise<AppliedUpdate> {
  if (!("paymentKey" in subject) || subject.refunded === undefined || !adapter.fetchRefunds) return undefined;
  const { paymentKey, refunded } = subject;
  const known = await findPayment(context, adapter, paymentKey);
  if (!known) return undefined;
  const facts =
    known.payment.amountRefunded >= refunded
      ? noFacts
      : requireFetched(await adapter.fetchRefunds(paymentKey), subject);
  const update = { key: known.key, facts };
  return await applyUpdate(context, { provider: adapter.name, update }, last);
}

interface KnownPayment {
  key: string;
  payment: Payment;
}

/** A payment that is known here, and its key, which is that of the invoice if it paid one. */
async function findPayment(
  context: Pick<ProjectContext, "db">,
  adapter: PaymentAdapter,
  key: string,
): Promise<KnownPayment | undefined> {
  const payment = await readPayment(context.db, toPaymentId(adapter.name, key));
  return payment ? { key, payment } : await findPaidInvoice(context, adapter, key);
}

/**
 * The invoice that a payment paid, if all that a refund needs is known of it: a document without lines is older than what
 * says how much of it the buyer's balance paid.
 */
async function findPaidInvoice(
  { db }: Pick<ProjectContext, "db">,
  adapter: PaymentAdapter,
  paymentKey: string,
): Promise<KnownPayment | undefined> {
  const key = await readInvoiceId(adapter, paymentKey);
  const payment = key === undefined ? undefined : await readPayment(db, toPaymentId(adapter.name, key));
  return key !== undefined && payment?.lines ? { key, payment } : undefined;
}

async function readInvoiceId(adapter: PaymentAdapter, key: string): Promise<string | undefined> {
  return adapter.fetchInvoiceId && requireFetched(await adapter.fetchInvoiceId(key), { paymentKey: key });
}

function requireFetched<T>(fetched: ProviderResult<T>, subject: RefetchSubject): T {
  if (fetched.outcome === "ok") return fetched.value;
  const { kind, detail } = fetched.failure;
  throw new Error(`Cannot fetch ${JSON.stringify(subject)}: ${kind} ${detail}`);
}

/** The news, fetched from the provider if the event does not carry it; undefined if it is not ours. */
async function readNews(
  context: ProjectContext,
  adapter: PaymentAdapter,
  event: MoneyEvent,
): Promise<FetchedNews | undefined> {
  if (event.outcome === "news") return await withLater(context, adapter, { news: event.news });
  if (event.outcome === "invoice") return await withLater(context, adapter, { invoice: event.invoice });
  const subject = event.outcome === "update" ? { paymentKey: event.update.key } : event.subject;
  const fetched = await fetchSubject(adapter, subject);
  if (fetched.outcome === "failed")
    return fetched.failure.kind === "not_found" ? undefined : requireFetched(fetched, subject);
  if (event.outcome === "update") return withUpdate(fetched.value, event.update);
  // A payment that was fetched itself says what has become of it.
  return "paymentKey" in subject ? fetched.value : await withLater(context, adapter, fetched.value);
}

async function fetchSubject(
  adapter: PaymentAdapter,
  subject: RefetchSubject,
): Promise<ProviderResult<FetchedNews>> {
  if ("paymentKey" in subject) return await adapter.fetchPayment(subject.paymentKey);
  if ("invoiceId" in subject) {
    requireSupport(adapter, "fetchInvoice", `Cannot fetch invoice "${subject.invoiceId}"`);
    const fetched = await adapter.fetchInvoice(subject.invoiceId);
    return fetched.outcome === "ok" ? { outcome: "ok", value: { invoice: fetched.value } } : fetched;
  }
  const fetched = await adapter.fetchCheckout(subject.sessionId);
  return fetched.outcome === "ok" ? { outcome: "ok", value: { news: fetched.value } } : fetched;
}

/** Adds the update to the payment that was fetched for it, which may have another key. */
function withUpdate(fetched: FetchedNews, update: PaymentUpdate): FetchedNews {
  if ("invoice" in fetched) {
    const { invoice } = fetched;
    return { invoice: { ...invoice, facts: mergeUpdate(invoice, update) } };
  }
  const { news } = fetched;
  if (!news.payment) return fetched;
  const { currency } = news.checkout;
  const facts = mergeUpdate({ currency, facts: news.payment.facts }, update);
  return { news: { ...news, payment: { ...news.payment, facts } } };
}

/** An update in another currency says when its disputes were in which state; the amounts are those that were fetched. */
function mergeUpdate(
  fetched: { currency: string | undefined; facts: PaymentFacts },
  { facts, currency = fetched.currency }: PaymentUpdate,
): PaymentFacts {
  if (currency === fetched.currency) return mergeFacts(fetched.facts, facts);
  const { disputes: known } = fetched.facts;
  const disputes = Object.entries(facts.disputes).flatMap(([id, fact]) => {
    const amount = known[id]?.amount;
    return amount === undefined ? [] : [[id, { ...fact, amount }] as const];
  });
  return mergeFacts(fetched.facts, { ...facts, disputes: Object.fromEntries(disputes) });
}

function toHandled({ outcome, changed, paymentId, payment }: AppliedNews): Handled {
  return {
    outcome: outcome === "duplicate" ? "duplicate" : "processed",
    changed,
    paymentId,
    ...(payment && { sessionId: payment.sessionId, status: payment.status }),
  };
}
