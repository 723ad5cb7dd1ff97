import { z } from "zod";
import { toIssuer, toMetadata, type Issuer } from "../../../functions/src/adapters/metadata.ts";
import type {
  Checkout,
  CheckoutRequest,
  Idempotent,
  ParsedEvent,
  PaymentAdapter,
  PaymentNews,
  PaymentUpdate,
  ProviderProduct,
  ProviderResult,
  RefundRequest,
  StoredEvent,
  WebhookRequest,
} from "../../../functions/src/adapters/paymentAdapter.ts";
import { noFacts } from "../../../functions/src/model/facts.ts";
import {
  fail,
  itemSchema,
  journalSchema,
  OrchardApi,
  orderSchema,
  returnSchema,
  type OrchardOrder,
} from "./api.ts";
import { toMinorUnits, toMoney } from "./money.ts";
import { readNote, toCheckout, toNews, toRefundFact } from "./news.ts";
import { parseNotice, PublicKeys, verifySeal } from "./webhook.ts";

export interface OrchardSettings {
  url: string;
  apiKey: string;
  projectId: string;
}

/** Orchard: the payer approves, the merchant captures. It has neither customers nor recurring subscriptions. */
export class OrchardAdapter implements PaymentAdapter {
  readonly name = "orchard";
  readonly #api: OrchardApi;
  readonly #keys: PublicKeys;
  readonly #issuer: Issuer;
  readonly #realm: "TEST" | "LIVE";

  constructor({ url, apiKey, projectId }: OrchardSettings) {
    this.#api = new OrchardApi({ url, apiKey });
    this.#keys = new PublicKeys(this.#api);
    this.#issuer = toIssuer(projectId, apiKey);
    this.#realm = apiKey.startsWith("grove_live_") ? "LIVE" : "TEST";
  }

  async fetchProduct(productId: string): Promise<ProviderResult<ProviderProduct>> {
    const found = await this.#api.call({
      path: `catalogue/${encodeURIComponent(productId)}`,
      answer: itemSchema,
    });
    if (found.outcome === "failed") return found;
    const { title, on_sale: active, attributes, offers } = found.value;
    return {
      outcome: "ok",
      value: {
        name: title,
        description: null,
        images: [],
        active,
        metadata: Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
        defaultPriceId: offers[0]?.code ?? null,
        prices: Object.fromEntries(offers.map(({ code, price }) => [code, toPrice(price)])),
        unsupportedPrices: {},
      },
    };
  }

  async createCheckout(
    { order, subtotal, mode, successUrl, cancelUrl }: CheckoutRequest,
    { idempotencyKey: reference }: Idempotent,
  ): Promise<ProviderResult<Checkout>> {
    if (mode !== "payment") return fail("unsupported", "No recurring subscriptions");
    const body = {
      sku: order.productId,
      offer: order.priceId,
      count: order.quantity,
      note: JSON.stringify(toMetadata({ order, subtotal }, this.#issuer)),
      return_to: withOrderId(successUrl),
      cancel_to: cancelUrl,
    };
    const made = await this.#api.call({ path: "orders", answer: orderSchema, post: { body, reference } });
    return made.outcome === "ok" ? { outcome: "ok", value: toCheckout(made.value) } : made;
  }

  async fetchCheckout(sessionId: string): Promise<ProviderResult<PaymentNews>> {
    const path = `orders/${encodeURIComponent(sessionId)}`;
    return this.#toOurs(await this.#api.call({ path, answer: orderSchema }));
  }

  async captureCheckout(
    sessionId: string,
    { idempotencyKey: reference }: Idempotent,
  ): Promise<ProviderResult<PaymentNews>> {
    const found = await this.fetchCheckout(sessionId);
    if (found.outcome === "failed" || !found.value.approvedAt) return found;
    const path = `orders/${encodeURIComponent(sessionId)}/capture`;
    const captured = await this.#api.call({ path, answer: orderSchema, post: { body: {}, reference } });
    // It is not approved any more: somebody else was faster.
    if (captured.outcome === "failed" && captured.failure.kind === "invalid_request") {
      return await this.fetchCheckout(sessionId);
    }
    return this.#toOurs(captured);
  }

  async expireCheckout(sessionId: string): Promise<ProviderResult<void>> {
    const path = `orders/${encodeURIComponent(sessionId)}/void`;
    const post = { body: {}, reference: `void-${sessionId}` };
    const ended = await this.#api.call({ path, answer: orderSchema, post });
    // One that is paid stays as it is.
    const isOver = ended.outcome === "ok" || ended.failure.kind === "invalid_request";
    return isOver ? { outcome: "ok", value: undefined } : ended;
  }

  async fetchPayment(key: string): Promise<ProviderResult<{ news: PaymentNews }>> {
    const path = `payments/${encodeURIComponent(key)}`;
    const found = await this.#api.call({ path, answer: z.object({ order: z.string() }) });
    if (found.outcome === "failed") return found;
    const fetched = await this.fetchCheckout(found.value.order);
    return fetched.outcome === "ok" ? { outcome: "ok", value: { news: fetched.value } } : fetched;
  }

  async refund(
    { providerData, amount, currency, requestId }: RefundRequest,
    { idempotencyKey: reference }: Idempotent,
  ): Promise<ProviderResult<PaymentUpdate>> {
    const key = providerData["paymentId"];
    if (key === undefined) return fail("unsupported", "No payment");
    const body = { reference: requestId, ...(amount !== undefined && { amount: toMoney(amount, currency) }) };
    const path = `payments/${encodeURIComponent(key)}/returns`;
    const made = await this.#api.call({ path, answer: returnSchema, post: { body, reference } });
    if (made.outcome === "failed") return made;
    const refunds = { [made.value.id]: toRefundFact(made.value) };
    return { outcome: "ok", value: { key, facts: { ...noFacts, refunds } } };
  }

  async listEvents({
    since,
    cursor = "1",
  }: {
    since: Date;
    cursor: string | undefined;
  }): Promise<ProviderResult<{ events: StoredEvent[]; next: string | undefined }>> {
    const path = `journal?from=${since.toISOString()}&page=${cursor}`;
    const listed = await this.#api.call({ path, answer: journalSchema });
    if (listed.outcome === "failed") return listed;
    const { entries, pages } = listed.value;
    const payloads = entries.map((entry) => JSON.stringify(entry));
    const events = payloads.map((payload) => ({ payload, event: this.parseEvent(payload) }));
    const page = Number(cursor);
    return { outcome: "ok", value: { events, next: page < pages ? String(page + 1) : undefined } };
  }

  parseEvent(payload: string): ParsedEvent {
    const event = parseNotice(payload, this.#realm);
    if (!event) throw new Error("Cannot read the event: it is no notice");
    return event;
  }

  /** A notice names nobody. */
  toStoredPayload(payload: string): string {
    return payload;
  }

  async parseWebhook(request: WebhookRequest, { now }: { now: Date }): Promise<ProviderResult<ParsedEvent>> {
    const verified = await verifySeal(request, { keys: this.#keys, now });
    if (verified.outcome === "failed") return verified;
    const event = parseNotice(verified.value, this.#realm);
    return event ? { outcome: "ok", value: event } : fail("invalid_request", "The body is no notice");
  }

  #toOurs(found: ProviderResult<OrchardOrder>): ProviderResult<PaymentNews> {
    if (found.outcome === "failed") return found;
    if (readNote(found.value, this.#issuer).outcome === "foreign")
      return fail("not_found", "Not of this project");
    return { outcome: "ok", value: toNews(found.value, this.#issuer) };
  }
}

function toPrice(price: { value: string; currency: string }) {
  return {
    amount: toMinorUnits(price),
    currency: price.currency.toLowerCase(),
    currencyOptions: {},
    active: true,
    type: "one_time",
    interval: null,
    intervalCount: 1,
    metadata: {},
  } as const;
}

/** Orchard writes the order's id where `*ORDER*` stands. */
function withOrderId(successUrl: string): string {
  const url = new URL(successUrl);
  url.searchParams.set("session_id", "*ORDER*");
  return url.href;
}
