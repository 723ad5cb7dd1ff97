import type { CheckoutMode, PriceInterval, PriceType, SessionStatus } from "../contract/codes.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import type { Order } from "../model/order.ts";

/** Why a provider call did not work out, in words every provider shares. */
export type ProviderFailureKind =
  | "not_found"
  | "declined"
  | "invalid_request"
  | "unauthenticated"
  | "rate_limited"
  | "unavailable"
  | "indeterminate"
  | "signature"
  | "environment_mismatch"
  | "unsupported"
  | "conflict";

/** An expected failure. `detail` is for the log only: it may hold the provider's own words. */
export interface ProviderFailure {
  kind: ProviderFailureKind;
  retryable: boolean;
  detail: string;
  /** What was not found, where the provider says so and the caller can do something about it. */
  subject?: "customer";
}

export type ProviderResult<T> = { outcome: "ok"; value: T } | { outcome: "failed"; failure: ProviderFailure };

/** `amount` in minor units of `currency`, per unit. */
export interface ProviderPrice {
  amount: number;
  currency: string;
  active: boolean;
  type: PriceType;
  interval: PriceInterval | null;
}

/** A product with all its prices. `metadata` as it stands at the provider, unchecked. */
export interface ProviderProduct {
  name: string;
  description: string | null;
  images: string[];
  active: boolean;
  metadata: Record<string, string>;
  defaultPriceId: string | null;
  prices: Record<string, ProviderPrice>;
}

export interface CheckoutRequest {
  order: Order;
  mode: CheckoutMode;
  /** Undefined at a provider without customers. */
  customerId: string | undefined;
  successUrl: string;
  cancelUrl: string;
}

/** A checkout as the provider holds it now; enough to write our session document from. */
export interface Checkout {
  sessionId: string;
  mode: CheckoutMode;
  amount: number;
  /** Undefined where the provider names none, as for some free orders. */
  currency: string | undefined;
  url: string | null;
  successUrl: string;
  cancelUrl: string;
  expiresAt: Date;
  providerData: Record<string, string>;
}

/** What the provider said about one checkout and its payment. */
export interface PaymentNews {
  /** The order as kept in the provider's metadata; undefined where that was made unreadable. */
  order: Order | undefined;
  /** Whether the order is known to be as we gave it to the provider: nobody has changed it there. */
  isOriginalOrder: boolean;
  checkout: Checkout;
  sessionStatus: SessionStatus;
  /**
   * When the buyer approved, while the money still waits for `captureCheckout`; until that the checkout is `created`.
   * Another approval, after a capture that was declined, has another date.
   */
  approvedAt?: Date;
  /** The payment the checkout leads to; absent while none has been attempted. */
  paymentKey?: string;
  /** Absent also for a recurring subscription, whose payments are its invoices. */
  payment?: { key: string; facts: PaymentFacts; providerData: Record<string, string> };
  /** The first invoice of a recurring subscription, where it was fetched with the checkout. */
  invoice?: InvoiceNews;
  metadata: Record<string, string>;
}

/** `amount` in minor units before discounts, negative for what a change gives back. */
export interface InvoiceLine {
  productId: string;
  priceId: string;
  amount: number;
  quantity: number;
}

/** What the provider said about one invoice of a recurring subscription. */
export interface InvoiceNews {
  key: string;
  /** The subscription's order; undefined where its metadata was made unreadable. */
  order: Order | undefined;
  /** Whether it is the one that the checkout was paid with. */
  isFirst: boolean;
  amount: number;
  currency: string;
  lines: InvoiceLine[];
  facts: PaymentFacts;
  providerData: Record<string, string>;
  metadata: Record<string, string>;
}

/** A recurring subscription as the provider holds it now, and whose it is. */
export interface ProviderPlan {
  userId: string;
  subscriptionId: string;
  status: string;
  productId: string | null;
  priceId: string | null;
  quantity: number;
  currentPeriodEnd: Date | null;
  trialEnd: Date | null;
  cancelAtPeriodEnd: boolean;
}

/** News that names a payment by its key alone: a refund, a dispute. */
export interface PaymentUpdate {
  key: string;
  facts: PaymentFacts;
}

/** Of `amount` minor units of the payment's `currency`, or of all that is left when undefined. */
export interface RefundRequest {
  providerData: Record<string, string>;
  amount: number | undefined;
  currency: string;
  requestId: string;
}

export interface ProviderEvent {
  eventId: string;
  type: string;
}

export type ParsedWebhook = ProviderEvent &
  (
    | { outcome: "news"; news: PaymentNews }
    | { outcome: "update"; update: PaymentUpdate }
    | { outcome: "invoice"; invoice: InvoiceNews }
    /** Something about a product changed: it is to be read again. */
    | { outcome: "product"; productId: string }
    /** Something about a recurring subscription changed: it is to be read again. */
    | { outcome: "subscription"; subscriptionId: string }
    /** The event says too little, or says it in the shape of another API version: its subject must be read again. */
    | { outcome: "refetch"; subject: { sessionId: string } | { paymentKey: string } | { invoiceId: string } }
    | { outcome: "ignored"; reason: "foreign" | "unknown_type" | "environment_mismatch" }
  );

export interface StoredEvent {
  event: ParsedWebhook;
  /** The event as the provider wrote it. */
  payload: string;
}

export interface WebhookRequest {
  rawBody: Uint8Array;
  headers: Record<string, string | string[] | undefined>;
}

/** Creates at most one object however often it is sent. */
export interface Idempotent {
  idempotencyKey: string;
}

/**
 * Translates between one provider and the gateway, and nothing else: no database, no clock, no credits.
 * Expected failures are values; whatever is thrown is a bug. A provider that cannot do something leaves that method
 * out. Ids are 1 to 200 letters, digits, `_` and `-`, since they become document ids, and amounts are whole minor units.
 */
export interface PaymentAdapter {
  readonly name: string;
  fetchProduct(productId: string): Promise<ProviderResult<ProviderProduct>>;
  /** Left out, with `updateCustomer` and `deleteCustomer`, by a provider without customers. */
  ensureCustomer?(
    customer: { userId: string; email: string | undefined },
    options: Idempotent,
  ): Promise<ProviderResult<string>>;
  updateCustomer?(customer: { customerId: string; email: string }): Promise<ProviderResult<void>>;
  /** Removes a customer with what the provider knows of him, and ends his recurring subscriptions at once; once is enough. */
  deleteCustomer?(customerId: string): Promise<ProviderResult<void>>;
  createCheckout(request: CheckoutRequest, options: Idempotent): Promise<ProviderResult<Checkout>>;
  /** `not_found` also for a checkout that is not of this project. */
  fetchCheckout(sessionId: string): Promise<ProviderResult<PaymentNews>>;
  /** Ends a checkout that nobody has paid, approved or not; one that is over already stays as it is. */
  expireCheckout?(sessionId: string): Promise<ProviderResult<void>>;
  /**
   * Takes the money of a checkout that its buyer has approved, once however often it is called, and returns the
   * checkout as it stands then. A capture that is declined is news, no failure; a checkout that is not approved, or
   * captured already, is returned as it stands. Left out if paying is one step; needs `expireCheckout`.
   */
  captureCheckout?(sessionId: string, options: Idempotent): Promise<ProviderResult<PaymentNews>>;
  /**
   * The checkout or the invoice that a payment belongs to, with all that happened to its money. `not_found` also where
   * it is not of this project.
   */
  fetchPayment(key: string): Promise<ProviderResult<{ news: PaymentNews } | { invoice: InvoiceNews }>>;
  /** Left out, with the other methods of recurring subscriptions, by a provider that has none. */
  fetchInvoice?(invoiceId: string): Promise<ProviderResult<InvoiceNews>>;
  /** Gives money back, and returns the fact of it, which carries the `requestId`. */
  refund?(refund: RefundRequest, options: Idempotent): Promise<ProviderResult<PaymentUpdate>>;
  /** `not_found` also where it is not of this project. */
  fetchSubscription?(subscriptionId: string): Promise<ProviderResult<ProviderPlan>>;
  setCancelAtPeriodEnd?(
    change: { subscriptionId: string; cancelAtPeriodEnd: boolean },
    options: Idempotent,
  ): Promise<ProviderResult<ProviderPlan>>;
  /** The address of the provider's page for a customer's subscriptions, cards and invoices. */
  createPortal?(portal: { customerId: string; returnUrl: string }): Promise<ProviderResult<string>>;
  /** Events since a moment, in any order: a page, and where the next one begins (undefined: it was the last). */
  listEvents?(wanted: {
    since: Date;
    cursor: string | undefined;
  }): Promise<ProviderResult<{ events: StoredEvent[]; next: string | undefined }>>;
  /** An event from its stored payload, whose signature was checked when it came. */
  parseEvent(payload: string): ParsedWebhook;
  /**
   * Checks the signature and parses, once. Fails with `signature`, with `invalid_request` for a body that is no event,
   * and with any other kind where it cannot tell now: the provider is to deliver it again.
   */
  parseWebhook(request: WebhookRequest, options: { now: Date }): Promise<ProviderResult<ParsedWebhook>>;
}

/** What an adapter may leave out. */
export type OptionalMethod = {
  [Name in keyof PaymentAdapter]-?: undefined extends PaymentAdapter[Name] ? Name : never;
}[keyof PaymentAdapter];
