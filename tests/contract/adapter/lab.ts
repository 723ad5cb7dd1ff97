import { expect } from "vitest";
import type {
  Checkout,
  CheckoutRequest,
  OptionalMethod,
  ParsedEvent,
  PaymentAdapter,
  PaymentNews,
  ProviderFailure,
  ProviderResult,
  WebhookRequest,
} from "../../../functions/src/adapters/paymentAdapter.ts";
import {
  mergeFacts,
  mergeSessionStatus,
  noFacts,
  toPaymentStatus,
} from "../../../functions/src/model/facts.ts";
import { requireSupport } from "../../../functions/src/adapters/require.ts";
import type { Order } from "../../../functions/src/model/order.ts";
import { eventually } from "../../kit/eventually.ts";
import type { AdapterHarness, Payer, ProductWanted } from "./harness.ts";

export const PROJECT_ID = "contract-project";
export const EMAIL = "payer@contract.example";
export const SUCCESS_URL = "https://shop.example/thanks?from=page";
export const CANCEL_URL = "https://shop.example/cart";

export interface OpenedCheckout {
  order: Order;
  request: CheckoutRequest;
  checkout: Checkout;
}

type CheckoutWanted = Partial<ProductWanted> & { quantity?: number; adapter?: PaymentAdapter };

/** What every section of the contract does with a harness. */
export class Lab {
  readonly harness: AdapterHarness;
  #adapter: PaymentAdapter | undefined;

  constructor(harness: AdapterHarness) {
    this.harness = harness;
  }

  async start(): Promise<void> {
    await this.harness.start();
    this.#adapter = this.harness.createAdapter({ projectId: PROJECT_ID });
  }

  get adapter(): PaymentAdapter {
    if (!this.#adapter) throw new Error("The harness was not started");
    return this.#adapter;
  }

  /** The adapter, with a method that its harness says it has. */
  with<M extends OptionalMethod>(
    method: M,
    adapter: PaymentAdapter = this.adapter,
  ): PaymentAdapter & Required<Pick<PaymentAdapter, M>> {
    requireSupport(adapter, method, "Cannot test");
    return adapter;
  }

  has(method: OptionalMethod): boolean {
    return this.harness.methods.includes(method);
  }

  /** Another project's adapter at the same account. */
  get stranger(): PaymentAdapter {
    return this.harness.createAdapter({ projectId: "strange-project" });
  }

  /** An order of a new product by a new user, with whatever it takes to check out. */
  async prepare(wanted: CheckoutWanted = {}): Promise<{ order: Order; request: CheckoutRequest }> {
    const {
      unitAmount = 500,
      currency = "usd",
      quantity = 1,
      metadata = {},
      adapter = this.adapter,
    } = wanted;
    const product = await this.harness.createProduct({ unitAmount, currency, metadata });
    const userId = crypto.randomUUID();
    const worth = { creditsAmount: 100 * quantity, subscriptionDays: 30 };
    const order = { userId, ...product, quantity, currency, worth };
    const customer = await adapter.ensureCustomer?.({ userId, email: EMAIL }, newKey());
    const customerId = customer && requireOk(customer);
    return {
      order,
      request: {
        order,
        subtotal: unitAmount * quantity,
        mode: "payment",
        customerId,
        successUrl: SUCCESS_URL,
        cancelUrl: CANCEL_URL,
      },
    };
  }

  async open(wanted: CheckoutWanted = {}): Promise<OpenedCheckout> {
    const { order, request } = await this.prepare(wanted);
    const created = await (wanted.adapter ?? this.adapter).createCheckout(request, newKey());
    return { order, request, checkout: requireOk(created) };
  }

  /** A checkout that a payer went through: what it has come to. */
  async buy(payer: Payer = "pays", wanted: CheckoutWanted = {}): Promise<PaymentNews> {
    const { checkout } = await this.open(wanted);
    await this.harness.pay(checkout.sessionId, payer);
    return await this.settle(checkout.sessionId, wanted.adapter);
  }

  /** Reads a checkout as the product does: what is approved is settled. */
  async settle(sessionId: string, adapter = this.adapter): Promise<PaymentNews> {
    const news = requireOk(await adapter.fetchCheckout(sessionId));
    if (!news.approvedAt || !adapter.captureCheckout) return news;
    return requireOk(await adapter.captureCheckout(sessionId, newKey()));
  }

  /** A payment with everything that happened to its money. */
  async fetchPayment(key: string): Promise<Required<Pick<PaymentNews, "payment">>["payment"]> {
    const found = requireOk(await this.adapter.fetchPayment(key));
    if ("news" in found && found.news.payment) return found.news.payment;
    throw new Error(`Payment "${key}" was not found as one of a checkout`);
  }

  /** Everything that was received until now, parsed. */
  async readEvents(): Promise<{ request: WebhookRequest; event: ParsedEvent }[]> {
    const received = [...this.harness.webhooks.readReceived()];
    return await Promise.all(
      received.map(async (request) => ({ request, event: requireOk(await this.parse(request)) })),
    );
  }

  async parse(request: WebhookRequest): Promise<ProviderResult<ParsedEvent>> {
    return await this.adapter.parseWebhook(request, { now: new Date() });
  }

  /** All that webhooks have told of one checkout until now, read again if they say too little. */
  async hear(sessionId: string, key = "") {
    let [facts, sessionStatus]: [typeof noFacts, PaymentNews["sessionStatus"]] = [noFacts, "created"];
    for (const { event } of await this.readEvents()) {
      const news = await this.#understand(event, { sessionId, key });
      if (news) sessionStatus = mergeSessionStatus(sessionStatus, news.sessionStatus);
      const told = event.outcome === "update" && event.update.key === key ? event.update.facts : undefined;
      facts = mergeFacts(facts, told ?? news?.payment?.facts ?? noFacts);
    }
    return { sessionStatus, status: toPaymentStatus(facts), facts };
  }

  async #understand(
    event: ParsedEvent,
    { sessionId, key }: { sessionId: string; key: string },
  ): Promise<PaymentNews | undefined> {
    if (event.outcome === "news") return event.news.checkout.sessionId === sessionId ? event.news : undefined;
    if (event.outcome !== "refetch") return undefined;
    const { subject } = event;
    if ("sessionId" in subject && subject.sessionId === sessionId) {
      return requireOk(await this.adapter.fetchCheckout(sessionId));
    }
    if (!("paymentKey" in subject) || subject.paymentKey !== key) return undefined;
    const found = requireOk(await this.adapter.fetchPayment(key));
    return "news" in found ? found.news : undefined;
  }
}

/** Waits for what the provider tells a moment later; within a unit test's time, so that the last failure is reported. */
export async function untilSo<T>(check: () => Promise<T>): Promise<T> {
  return await eventually(check, 4_000);
}

/** A key that no call has used. */
export function newKey(): { idempotencyKey: string } {
  return { idempotencyKey: crypto.randomUUID() };
}

export function requireOk<T>(result: ProviderResult<T>): T {
  if (result.outcome === "ok") return result.value;
  throw new Error(`Expected a value, got ${JSON.stringify(result.failure)}`);
}

export function requireFailure(result: ProviderResult<unknown>): ProviderFailure {
  if (result.outcome === "failed") return result.failure;
  throw new Error(`Expected a failure, got ${JSON.stringify(result.value)}`);
}

/** The payment that news are about. */
export function requirePayment({ payment, sessionStatus }: PaymentNews): NonNullable<PaymentNews["payment"]> {
  if (payment) return payment;
  throw new Error(`Expected a payment, got a checkout that is ${sessionStatus}`);
}

export function expectNotFound(result: ProviderResult<unknown>): void {
  expect(requireFailure(result)).toMatchObject({ kind: "not_found", retryable: false });
}
