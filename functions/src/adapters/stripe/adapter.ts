import { Stripe } from "stripe";
import type { PaymentFacts } from "../../contract/documents.ts";
import { mergeFacts } from "../../model/facts.ts";
import { isOurs, toIssuer, toMetadata, type Issuer } from "../metadata.ts";
import type {
  ChangedPlan,
  Checkout,
  CheckoutLine,
  CheckoutRequest,
  EventPage,
  Idempotent,
  InvoiceNews,
  ParsedEvent,
  PaymentAdapter,
  PaymentNews,
  PaymentUpdate,
  PriceDetails,
  ProviderFailure,
  ProviderPlan,
  ProviderProduct,
  ProviderResult,
  RefundRequest,
  WebhookRequest,
} from "../paymentAdapter.ts";
import { readExpanded, toCheckout, toCheckoutLine, toDate, toId, toNews } from "./checkout.ts";
import { hasCreditNotes, toCreditNoteFacts } from "./creditNotes.ts";
import { LISTED_TYPES } from "./events.ts";
import { attempt } from "./failure.ts";
import { toInvoiceNews, toSubscriptionMetadata } from "./invoice.ts";
import { withoutPersonalData } from "./personalData.ts";
import { toPriceDetails, toProviderProduct } from "./product.ts";
import { REQUEST_ID, toMoneyBack, toRefundUpdate } from "./refunds.ts";
import { readSchedule, SCHEDULE, toDroppedChange } from "./schedule.ts";
import { toProviderPlan } from "./subscription.ts";
import { parseEvent, parseStripeWebhook } from "./webhook.ts";

/**
 * Prorations that show their amount before discounts, so that a coupon does not hide what was bought.
 * Source: https://docs.stripe.com/changelog/clover/2025-09-30/itemize-proration-discount-amounts
 */
const ITEMIZED = { type: "flexible", flexible: { proration_discounts: "itemized" } } as const;

export interface StripeSettings {
  secretKey: string;
  webhookSecrets: readonly string[];
  projectId: string;
  /** A server to use instead of Stripe's, for development. */
  baseUrl: URL | undefined;
}

/** Stripe Checkout. The API version is the one the installed `stripe` package was generated for. */
export class StripeAdapter implements PaymentAdapter {
  readonly name = "stripe";
  readonly #stripe: Stripe;
  readonly #settings: StripeSettings;
  readonly #livemode: boolean;
  readonly #issuer: Issuer;
  /** Which invoice a payment intent paid never changes, and the events of one refund ask for it several times. */
  readonly #invoiceIds = new Map<string, string>();

  constructor(settings: StripeSettings) {
    this.#settings = settings;
    this.#livemode = isLiveKey(settings.secretKey);
    this.#issuer = toIssuer(settings.projectId, settings.secretKey);
    this.#stripe = new Stripe(settings.secretKey, {
      apiVersion: Stripe.API_VERSION,
      maxNetworkRetries: 2,
      timeout: 20_000,
      telemetry: false,
      ...(settings.baseUrl && toHost(settings.baseUrl)),
    });
  }

  async fetchProduct(productId: string): Promise<ProviderResult<ProviderProduct>> {
    return await attempt(async () => {
      const [product, prices] = await Promise.all([
        this.#stripe.products.retrieve(productId),
        this.#listPrices(productId),
      ]);
      return toProviderProduct(product, prices);
    });
  }

  /**
   * All of them, page by page. Archived prices are for sale to nobody, and a product may have thousands of them.
   * Source: https://docs.stripe.com/api/prices/list
   */
  async #listPrices(productId: string): Promise<Stripe.Price[]> {
    const expand = ["data.currency_options"];
    return await listAll(this.#stripe.prices.list({ product: productId, active: true, limit: 100, expand }));
  }

  async fetchPrice(priceId: string): Promise<ProviderResult<PriceDetails>> {
    const found = await attempt(
      async () => await this.#stripe.prices.retrieve(priceId, { expand: ["product", "currency_options"] }),
    );
    if (found.outcome === "failed") return found;
    return { outcome: "ok", value: toPriceDetails(found.value) };
  }

  async ensureCustomer(
    customer: { userId: string; email: string | undefined },
    options: Idempotent,
  ): Promise<ProviderResult<string>> {
    const metadata = { gatewayProject: this.#issuer.projectId, userId: customer.userId };
    const { email } = customer;
    return await attempt(async () => {
      const created = await this.#stripe.customers.create({ ...(email && { email }), metadata }, options);
      return created.id;
    });
  }

  async updateCustomer({
    customerId,
    email,
  }: {
    customerId: string;
    email: string;
  }): Promise<ProviderResult<void>> {
    return await attempt(async () => {
      await this.#stripe.customers.update(customerId, { email });
    });
  }

  async deleteCustomer(customerId: string): Promise<ProviderResult<void>> {
    const deleted = await attempt(async () => void (await this.#stripe.customers.del(customerId)));
    if (deleted.outcome === "ok" || deleted.failure.kind !== "not_found") return deleted;
    // One who was deleted can be read for ever, see https://docs.stripe.com/api/customers/delete
    return await attempt(async () => void (await this.#stripe.customers.retrieve(customerId)));
  }

  async createCheckout(request: CheckoutRequest, options: Idempotent): Promise<ProviderResult<Checkout>> {
    const { order, mode } = request;
    const metadata = toMetadata(request, this.#issuer);
    return await attempt(async () => {
      const session = await this.#stripe.checkout.sessions.create(
        {
          mode,
          ...(request.customerId !== undefined && { customer: request.customerId }),
          client_reference_id: order.userId,
          line_items: [{ price: order.priceId, quantity: order.quantity }],
          success_url: withSessionId(request.successUrl),
          cancel_url: request.cancelUrl,
          metadata,
          ...(mode === "payment"
            ? { payment_intent_data: { metadata }, allow_promotion_codes: true }
            : { subscription_data: { metadata, billing_mode: ITEMIZED } }),
        },
        options,
      );
      return toCheckout(session);
    });
  }

  async fetchCheckout(sessionId: string): Promise<ProviderResult<PaymentNews>> {
    const fetched = await attempt(() =>
      this.#stripe.checkout.sessions.retrieve(sessionId, {
        expand: ["payment_intent.latest_charge", "invoice.payments"],
      }),
    );
    if (fetched.outcome === "failed") return fetched;
    const session = fetched.value;
    if (!this.#isOurs(session.metadata)) return { outcome: "failed", failure: foreign };
    const news = toNews(session, { issuer: this.#issuer, at: toDate(session.created) });
    const invoice = readExpanded(session.invoice);
    if (!invoice) return { outcome: "ok", value: news };
    const whole = await this.#toInvoice(invoice);
    return whole.outcome === "ok" ? { outcome: "ok", value: { ...news, invoice: whole.value } } : whole;
  }

  async fetchCheckoutLines(sessionId: string): Promise<ProviderResult<CheckoutLine[]>> {
    return await attempt(async () => {
      const items = await listAll(this.#stripe.checkout.sessions.listLineItems(sessionId, { limit: 100 }));
      return items.flatMap((item) => toCheckoutLine(item) ?? []);
    });
  }

  async expireCheckout(sessionId: string): Promise<ProviderResult<void>> {
    const expired = await attempt(async () => void (await this.#stripe.checkout.sessions.expire(sessionId)));
    if (expired.outcome === "ok" || expired.failure.kind !== "invalid_request") return expired;
    // Stripe refuses to expire a session that is over.
    const found = await attempt(() => this.#stripe.checkout.sessions.retrieve(sessionId));
    const isOver = found.outcome === "ok" && found.value.status !== "open";
    return isOver ? { outcome: "ok", value: undefined } : expired;
  }

  async fetchInvoice(invoiceId: string): Promise<ProviderResult<InvoiceNews>> {
    const fetched = await attempt(() => this.#stripe.invoices.retrieve(invoiceId, { expand: ["payments"] }));
    if (fetched.outcome === "failed") return fetched;
    if (!this.#isOurs(toSubscriptionMetadata(fetched.value))) return { outcome: "failed", failure: foreign };
    return await this.#toInvoice(fetched.value);
  }

  /** With all its lines and credit notes, of which the invoice shows the first lines and the sums. */
  async #toInvoice(invoice: Stripe.Invoice): Promise<ProviderResult<InvoiceNews>> {
    const whole = await attempt(async () => {
      const [lines, notes] = await Promise.all([this.#listLines(invoice), this.#listCreditNotes(invoice)]);
      return { lines, facts: toCreditNoteFacts(notes) };
    });
    if (whole.outcome === "failed") return whole;
    const { lines, facts } = whole.value;
    const news = toInvoiceNews(invoice, { issuer: this.#issuer, lines });
    return { outcome: "ok", value: { ...news, facts: mergeFacts(news.facts, facts) } };
  }

  /** An invoice shows the first ten, see https://docs.stripe.com/api/invoices/object#invoice_object-lines */
  async #listLines({ id, lines: shown }: Stripe.Invoice): Promise<Stripe.InvoiceLineItem[]> {
    if (!shown.has_more || !id) return shown.data;
    return await listAll(this.#stripe.invoices.listLineItems(id, { limit: 100 }));
  }

  async #listCreditNotes(invoice: Stripe.Invoice): Promise<Stripe.CreditNote[]> {
    const { id } = invoice;
    if (!id || !hasCreditNotes(invoice)) return [];
    return await listAll(this.#stripe.creditNotes.list({ invoice: id, limit: 100 }));
  }

  async fetchPayment(key: string): Promise<ProviderResult<{ news: PaymentNews } | { invoice: InvoiceNews }>> {
    if (isInvoiceId(key)) return await this.#fetchPaidInvoice(key);
    const found = await attempt(async () => {
      const [sessions, invoicePayments, facts] = await Promise.all([
        this.#stripe.checkout.sessions.list({
          payment_intent: key,
          expand: ["data.payment_intent.latest_charge"],
        }),
        this.#stripe.invoicePayments.list({ payment: { type: "payment_intent", payment_intent: key } }),
        this.#fetchMoneyBack(key),
      ]);
      return { session: sessions.data[0], invoiceId: toId(invoicePayments.data[0]?.invoice), facts };
    });
    if (found.outcome === "failed") return found;
    const { session, invoiceId, facts } = found.value;
    if (invoiceId !== undefined) return await this.#fetchInvoicePayment(invoiceId, facts);
    if (!session || !this.#isOurs(session.metadata)) return { outcome: "failed", failure: foreign };
    const news = toNews(session, { issuer: this.#issuer, at: toDate(session.created) });
    if (!news.payment) return { outcome: "ok", value: { news } };
    const payment = { ...news.payment, facts: mergeFacts(news.payment.facts, facts) };
    return { outcome: "ok", value: { news: { ...news, payment } } };
  }

  /** An invoice by its own key, which is all that a credit note names. */
  async #fetchPaidInvoice(invoiceId: string): Promise<ProviderResult<{ invoice: InvoiceNews }>> {
    const fetched = await this.fetchInvoice(invoiceId);
    if (fetched.outcome === "failed") return fetched;
    const invoice = fetched.value;
    const paymentIntentId = invoice.providerData["paymentIntentId"];
    if (paymentIntentId === undefined) return { outcome: "ok", value: { invoice } };
    const facts = await attempt(async () => await this.#fetchMoneyBack(paymentIntentId));
    if (facts.outcome === "failed") return facts;
    return {
      outcome: "ok",
      value: { invoice: { ...invoice, facts: mergeFacts(invoice.facts, facts.value) } },
    };
  }

  async fetchRefunds(key: string): Promise<ProviderResult<PaymentFacts>> {
    return await attempt(async () => toMoneyBack(await this.#listRefunds(key), []));
  }

  async fetchInvoiceId(key: string): Promise<ProviderResult<string | undefined>> {
    const known = isInvoiceId(key) ? undefined : this.#invoiceIds.get(key);
    if (isInvoiceId(key) || known !== undefined) return { outcome: "ok", value: known };
    return await attempt(async () => {
      const payment = { type: "payment_intent", payment_intent: key } as const;
      const { data } = await this.#stripe.invoicePayments.list({ payment, limit: 1 });
      const invoiceId = toId(data[0]?.invoice);
      if (this.#invoiceIds.size >= MAX_INVOICE_IDS) this.#invoiceIds.clear();
      if (invoiceId !== undefined) this.#invoiceIds.set(key, invoiceId);
      return invoiceId;
    });
  }

  async #fetchMoneyBack(paymentIntentId: string): Promise<PaymentFacts> {
    const wanted = { payment_intent: paymentIntentId, limit: 100 };
    const [refunds, disputes] = await Promise.all([
      this.#listRefunds(paymentIntentId),
      listAll(this.#stripe.disputes.list({ ...wanted, expand: ["data.charge.balance_transaction"] })),
    ]);
    return toMoneyBack(refunds, disputes);
  }

  async #listRefunds(paymentIntentId: string): Promise<Stripe.Refund[]> {
    return await listAll(this.#stripe.refunds.list({ payment_intent: paymentIntentId, limit: 100 }));
  }

  /**
   * The payment intent that was charged, looked up if only the invoice is known: a webhook's invoice does not name it. Of
   * several, the one that paid most. Undefined if nothing was charged.
   * Source: https://docs.stripe.com/api/invoice-payment/list
   */
  async #findPaymentIntent({
    paymentIntentId,
    invoiceId,
  }: Record<string, string>): Promise<ProviderResult<string | undefined>> {
    if (paymentIntentId !== undefined || invoiceId === undefined)
      return { outcome: "ok", value: paymentIntentId };
    return await attempt(async () => {
      const wanted = { invoice: invoiceId, status: "paid", limit: 100 } as const;
      const [largest] = (await listAll(this.#stripe.invoicePayments.list(wanted)))
        .filter(({ payment }) => toId(payment.payment_intent) !== undefined)
        .toSorted((a, b) => (b.amount_paid ?? 0) - (a.amount_paid ?? 0));
      return toId(largest?.payment.payment_intent);
    });
  }

  async #fetchInvoicePayment(
    invoiceId: string,
    facts: PaymentFacts,
  ): Promise<ProviderResult<{ invoice: InvoiceNews }>> {
    const fetched = await this.fetchInvoice(invoiceId);
    if (fetched.outcome === "failed") return fetched;
    const invoice = { ...fetched.value, facts: mergeFacts(fetched.value.facts, facts) };
    return { outcome: "ok", value: { invoice } };
  }

  async fetchSubscription(subscriptionId: string): Promise<ProviderResult<ProviderPlan>> {
    return this.#toPlan(await attempt(() => this.#stripe.subscriptions.retrieve(subscriptionId)));
  }

  /**
   * Stripe lets a schedule alone decide about the end of its subscription, so that a cancellation first releases the
   * schedule. Its answer says that only by a sentence, so that the subscription is read after any refusal.
   */
  async setCancelAtPeriodEnd(
    wanted: { subscriptionId: string; cancelAtPeriodEnd: boolean },
    { idempotencyKey }: Idempotent,
  ): Promise<ProviderResult<ChangedPlan>> {
    const changed = await this.#setEnding(wanted, { idempotencyKey });
    if (changed.outcome === "ok" || changed.failure.kind !== "invalid_request") return this.#toPlan(changed);
    const found = await attempt(() =>
      this.#stripe.subscriptions.retrieve(wanted.subscriptionId, { expand: SCHEDULE }),
    );
    if (found.outcome === "failed") return found;
    const schedule = readSchedule(found.value);
    if (!schedule || !this.#isOurs(found.value.metadata)) return this.#toPlan(changed);
    if (!wanted.cancelAtPeriodEnd) return this.#toPlan(found);
    const released = await attempt(() =>
      this.#stripe.subscriptionSchedules.release(
        schedule.id,
        {},
        { idempotencyKey: `${idempotencyKey}_release` },
      ),
    );
    if (released.outcome === "failed") return released;
    const plan = this.#toPlan(
      await this.#setEnding(wanted, { idempotencyKey: `${idempotencyKey}_released` }),
    );
    const droppedChange = toDroppedChange(schedule);
    if (plan.outcome === "failed" || !droppedChange) return plan;
    return { outcome: "ok", value: { ...plan.value, droppedChange } };
  }

  /**
   * A portal under flexible billing says `cancel_at`, which an empty one takes back; Stripe refuses both words at once.
   * Source: https://docs.stripe.com/api/subscriptions/update#update_subscription-cancel_at
   */
  async #setEnding(
    { subscriptionId, cancelAtPeriodEnd }: { subscriptionId: string; cancelAtPeriodEnd: boolean },
    { idempotencyKey }: Idempotent,
  ): Promise<ProviderResult<Stripe.Subscription>> {
    const update = async (change: Stripe.SubscriptionUpdateParams, key: string) =>
      await attempt(() => this.#stripe.subscriptions.update(subscriptionId, change, { idempotencyKey: key }));
    const changed = await update({ cancel_at_period_end: cancelAtPeriodEnd }, idempotencyKey);
    const isStillEnding = changed.outcome === "ok" && changed.value.cancel_at !== null;
    if (cancelAtPeriodEnd || !isStillEnding) return changed;
    return await update({ cancel_at: "" }, `${idempotencyKey}_cancel_at`);
  }

  async endSubscription(subscriptionId: string): Promise<ProviderResult<void>> {
    const ended = await attempt(async () => void (await this.#stripe.subscriptions.cancel(subscriptionId)));
    if (ended.outcome === "ok" || ended.failure.kind !== "not_found") return ended;
    // One that is over is not found there, but it can be read.
    return await attempt(async () => void (await this.#stripe.subscriptions.retrieve(subscriptionId)));
  }

  async createPortal(portal: { customerId: string; returnUrl: string }): Promise<ProviderResult<string>> {
    return await attempt(async () => {
      const { customerId: customer, returnUrl: return_url } = portal;
      return (await this.#stripe.billingPortal.sessions.create({ customer, return_url })).url;
    });
  }

  #toPlan(found: ProviderResult<Stripe.Subscription>): ProviderResult<ProviderPlan> {
    if (found.outcome === "failed") return found;
    const plan = toProviderPlan(found.value, this.#issuer);
    return plan ? { outcome: "ok", value: plan } : { outcome: "failed", failure: foreign };
  }

  async refund(wanted: RefundRequest, options: Idempotent): Promise<ProviderResult<PaymentUpdate>> {
    const { amount, requestId } = wanted;
    const found = await this.#findPaymentIntent(wanted.providerData);
    if (found.outcome === "failed") return found;
    const { value: paymentIntentId } = found;
    if (paymentIntentId === undefined) return { outcome: "failed", failure: nothingToRefund };
    const made = await attempt(() =>
      this.#stripe.refunds.create(
        {
          payment_intent: paymentIntentId,
          metadata: { [REQUEST_ID]: requestId },
          ...(amount !== undefined && { amount }),
        },
        options,
      ),
    );
    if (made.outcome === "failed") return made;
    const update = toRefundUpdate(made.value);
    if (!update) throw new Error(`Cannot read refund "${made.value.id}": it names no payment intent`);
    return { outcome: "ok", value: update };
  }

  async listEvents({
    since,
    cursor,
  }: {
    since: Date;
    cursor: string | undefined;
  }): Promise<ProviderResult<EventPage>> {
    const { list, after } = parseCursor(cursor);
    const listed = await attempt(() =>
      this.#stripe.events.list({
        created: { gte: Math.floor(since.getTime() / 1000) },
        types: [...(LISTED_TYPES[list] ?? [])],
        limit: 100,
        ...(after !== undefined && { starting_after: after }),
      }),
    );
    if (listed.outcome === "failed") return listed;
    const { data, has_more: hasMore } = listed.value;
    const events = data
      .map((event) => JSON.stringify(event))
      .map((payload) => ({ event: this.parseEvent(payload), payload }));
    const last = hasMore ? data.at(-1)?.id : undefined;
    const nextList = list + 1 < LISTED_TYPES.length ? `${list + 1}/` : undefined;
    const next = last === undefined ? nextList : `${list}/${last}`;
    return { outcome: "ok", value: { events, next, ...(list > 0 && { followsPayments: true }) } };
  }

  parseEvent(payload: string): ParsedEvent {
    return parseEvent(payload, { issuer: this.#issuer, livemode: this.#livemode });
  }

  toStoredPayload(payload: string): string {
    return withoutPersonalData(payload);
  }

  async parseWebhook(request: WebhookRequest, options: { now: Date }): Promise<ProviderResult<ParsedEvent>> {
    const { webhookSecrets: secrets } = this.#settings;
    const [issuer, livemode] = [this.#issuer, this.#livemode];
    return parseStripeWebhook(request, { issuer, secrets, livemode, now: options.now });
  }

  #isOurs(metadata: unknown): boolean {
    return isOurs(metadata, this.#issuer.projectId);
  }
}

/** What a list has on all its pages; Stripe shows 100 at once. */
async function listAll<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of list) all.push(item);
  return all;
}

/** Stripe's keys name their mode, see https://docs.stripe.com/keys; one that names none would make every event foreign. */
function isLiveKey(secretKey: string): boolean {
  if (secretKey.startsWith("pk_"))
    throw new Error("Cannot use STRIPE_SECRET_KEY: it is a publishable key, set it to a secret one");
  const mode = /^[a-z]+(?:_[a-z]+)*_(live|test)_/.exec(secretKey)?.[1];
  if (mode === undefined)
    throw new Error("Cannot use STRIPE_SECRET_KEY: it names neither live nor test mode");
  return mode === "live";
}

const MAX_INVOICE_IDS = 1_000;

const nothingToRefund: ProviderFailure = {
  kind: "unsupported",
  retryable: false,
  detail: "No payment intent",
};
const foreign: ProviderFailure = { kind: "not_found", retryable: false, detail: "Not of this project" };

/** The key of an invoice's payment, see https://docs.stripe.com/api/invoices/object#invoice_object-id */
function isInvoiceId(key: string): boolean {
  return key.startsWith("in_");
}

/** `1/evt_2`: the second list of types, after that event, which is the way in which Stripe pages. */
function parseCursor(cursor = "0/"): { list: number; after: string | undefined } {
  const [list, after] = cursor.split("/");
  return { list: Number(list), after: after || undefined };
}

function toHost(url: URL): { protocol: "http" | "https"; host: string; port: string } {
  const protocol = url.protocol === "http:" ? "http" : "https";
  return { protocol, host: url.hostname, port: url.port || (protocol === "http" ? "80" : "443") };
}

/** Stripe replaces the placeholder, which must therefore reach it unencoded. Source: https://docs.stripe.com/payments/checkout/custom-success-page */
function withSessionId(successUrl: string): string {
  const url = new URL(successUrl);
  if (url.searchParams.has("session_id")) url.searchParams.delete("session_id");
  const { hash } = url;
  url.hash = "";
  return `${url.href}${url.href.includes("?") ? "&" : "?"}session_id={CHECKOUT_SESSION_ID}${hash}`;
}
