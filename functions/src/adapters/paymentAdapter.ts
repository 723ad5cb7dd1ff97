import type { CheckoutMode, PriceInterval, PriceType, SessionStatus } from "../contract/codes.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import type { Order } from "../model/order.ts";

/** Why a provider call failed, in words that all providers share. */
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

/** An expected failure. `detail` is for the log only: it may contain the provider's own words. */
export interface ProviderFailure {
  kind: ProviderFailureKind;
  retryable: boolean;
  detail: string;
  /** The customer that was not found, or the e-mail address that is not accepted: the caller can do something about it. */
  subject?: "customer" | "email";
}

export type ProviderResult<T> = { outcome: "ok"; value: T } | { outcome: "failed"; failure: ProviderFailure };

/** A price of a fixed amount per unit. `metadata` is as the provider has it, unchecked. */
export interface ProviderPrice {
  /** Minor units of `currency`, per unit. */
  amount: number;
  currency: string;
  /** Minor units in other currencies, in which a buyer may be charged instead. */
  currencyOptions: Record<string, number>;
  active: boolean;
  type: PriceType;
  interval: PriceInterval | null;
  /** How many intervals a period has: 3 for a quarter. */
  intervalCount: number;
  metadata: Record<string, string>;
}

/** A price by itself, on sale or not, with its product's metadata. */
export interface PriceDetails {
  /** Null if the provider names none. */
  productId: string | null;
  /** Minor units of `currency`, per unit; null if it is no fixed amount per unit. */
  amount: number | null;
  currency: string;
  /** Minor units in other currencies. */
  currencyOptions: Record<string, number>;
  interval: PriceInterval | null;
  intervalCount: number;
  metadata: Record<string, string>;
  productMetadata: Record<string, string>;
}

/** A product with all its active prices. `metadata` is as the provider has it, unchecked. */
export interface ProviderProduct {
  name: string;
  description: string | null;
  images: string[];
  active: boolean;
  metadata: Record<string, string>;
  defaultPriceId: string | null;
  prices: Record<string, ProviderPrice>;
  /** The other active prices. */
  unsupportedPrices: Record<string, UnsupportedPrice>;
}

/** A price that has no fixed amount per unit, or something else that we cannot sell. */
export interface UnsupportedPrice {
  /** For an operator. */
  reason: string;
  metadata: Record<string, string>;
}

export interface CheckoutRequest {
  order: Order;
  /** What the order costs before discounts, in minor units of its currency. */
  subtotal: number;
  mode: CheckoutMode;
  /** Undefined if the provider has no customers. */
  customerId: string | undefined;
  successUrl: string;
  cancelUrl: string;
}

/** A checkout as the provider has it now; enough to write our session document from. */
export interface Checkout {
  sessionId: string;
  mode: CheckoutMode;
  amount: number;
  /** Minor units before discounts and taxes. */
  subtotal: number;
  /** Undefined if the provider names none, as for some free orders. */
  currency: string | undefined;
  url: string | null;
  successUrl: string;
  cancelUrl: string;
  expiresAt: Date;
  providerData: Record<string, string>;
}

/** One thing that a checkout sells. `discount` is what is taken off the amount. */
export interface CheckoutLine {
  lineId: string;
  productId: string;
  priceId: string;
  quantity: number;
  amount: number;
  discount: number;
}

/** What the provider says about one checkout and its payment. */
export interface PaymentNews {
  /** The order from the provider's metadata; undefined if that is unreadable. */
  order: Order | undefined;
  /**
   * What the order costs before discounts, in minor units of its currency; undefined if the order is not as we gave it to
   * the provider, so that our own documents say what was ordered.
   */
  orderSubtotal: number | undefined;
  checkout: Checkout;
  sessionStatus: SessionStatus;
  /**
   * When the buyer approved, if `captureCheckout` has yet to take the money: until it does, the checkout is `created`.
   * A new approval, after a declined capture, has a new date.
   */
  approvedAt?: Date;
  /** The payment the checkout leads to; absent until one is attempted. */
  paymentKey?: string;
  /** Also absent for a recurring subscription, whose payments are its invoices. */
  payment?: { key: string; facts: PaymentFacts; providerData: Record<string, string> };
  /** The first invoice of a recurring subscription, if it was fetched with the checkout. */
  invoice?: InvoiceNews;
  metadata: Record<string, string>;
  /** Whether it is about real money; undefined if the provider does not say. */
  livemode?: boolean;
}

/**
 * `full`: a whole period of a price. `debit` and `credit`: the rest of a period that a change bills or gives back.
 */
export type LineKind = "full" | "debit" | "credit";

/** What an invoice bills, or gives back. Amounts are in minor units of the invoice's currency. */
export interface InvoiceLine {
  lineId: string;
  /** The subscription's item that it is for, whatever its price is; undefined if the provider does not say. */
  itemId: string | undefined;
  productId: string;
  priceId: string;
  quantity: number;
  kind: LineKind;
  /** As the provider shows it; negative if it gives money back. */
  amount: number;
  /** What discounts take off the amount. */
  discount: number;
  /** Whether a discount applies to it. The amount of a `debit` or `credit` may then be net of that discount. */
  isDiscounted: boolean;
  period: Period;
  /** The lines that a `credit` gives back, if the provider names them. */
  credited: CreditedLines | undefined;
}

export interface Period {
  start: Date;
  end: Date;
}

export interface CreditedLines {
  invoiceId: string;
  lineIds: string[];
}

/** What the provider says about one invoice of a recurring subscription. */
export interface InvoiceNews {
  key: string;
  /** The subscription's order; undefined if its metadata is unreadable. */
  order: Order | undefined;
  /** Whether the order is as we gave it to the provider: nobody has changed it there. */
  isOriginalOrder: boolean;
  /** Whether the checkout was paid with it. */
  isFirst: boolean;
  amount: number;
  currency: string;
  lines: InvoiceLine[];
  facts: PaymentFacts;
  providerData: Record<string, string>;
  metadata: Record<string, string>;
  /** Whether it is about real money; undefined if the provider does not say. */
  livemode?: boolean;
}

/** A recurring subscription as the provider has it now, and whose it is. */
export interface ProviderPlan {
  userId: string;
  subscriptionId: string;
  status: string;
  productId: string | null;
  priceId: string | null;
  quantity: number;
  currentPeriodEnd: Date | null;
  trialEnd: Date | null;
  /** Whether it is going to end, with its period or at another time. */
  cancelAtPeriodEnd: boolean;
  /** When it is going to end; null if it goes on. */
  cancelAt: Date | null;
  /** Whose it is at the provider; null if it has no customers. */
  customerId: string | null;
}

/** What a schedule would have made of a recurring subscription, had it not been dropped. */
export interface DroppedChange {
  productId: string | null;
  priceId: string | null;
  quantity: number;
  at: Date;
}

/** A recurring subscription after a change of its end. */
export interface ChangedPlan extends ProviderPlan {
  /** What the merchant or the portal had scheduled, and the change has dropped. */
  droppedChange?: DroppedChange;
}

/** News that names a payment by its key alone: a refund, a dispute. */
export interface PaymentUpdate {
  key: string;
  facts: PaymentFacts;
  /** Of the facts' amounts; undefined if it is that of the payment in any case. */
  currency?: string;
}

/** Refunds `amount` minor units of the payment's `currency`, or all that is left if undefined. */
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

/** `refunded`: minor units that all refunds of the payment have given back, if that is all that happened to it. */
export type RefetchSubject =
  { sessionId: string } | { paymentKey: string; refunded?: number } | { invoiceId: string };

export type ParsedEvent = ProviderEvent &
  (
    | { outcome: "news"; news: PaymentNews }
    | { outcome: "update"; update: PaymentUpdate }
    | { outcome: "invoice"; invoice: InvoiceNews }
    /** A product changed and must be read again. `saysWorth`: what changed says, validly or not, what a product is worth. */
    | { outcome: "product"; productId: string; saysWorth: boolean }
    /** A recurring subscription changed and must be read again. */
    | { outcome: "subscription"; subscriptionId: string }
    /** The event says too little, or says it in the shape of another API version: its subject must be read again. */
    | { outcome: "refetch"; subject: RefetchSubject }
    /** It is of a shape that the adapter does not know, so that an operator must see it. */
    | { outcome: "unreadable"; reason: string }
    | { outcome: "ignored"; reason: "foreign" | "unknown_type" | "environment_mismatch" }
  );

export interface StoredEvent {
  event: ParsedEvent;
  /** The event as the provider wrote it. */
  payload: string;
}

export interface EventPage {
  events: StoredEvent[];
  next: string | undefined;
  /**
   * Set if the pages before it had every event that brings a payment of ours: one that names another payment is foreign.
   */
  followsPayments?: boolean;
}

export interface WebhookRequest {
  rawBody: Uint8Array;
  headers: Record<string, string | string[] | undefined>;
}

/** Creates at most one object, however often the key is sent. */
export interface Idempotent {
  idempotencyKey: string;
}

/**
 * Translates between one provider and Gateway, and nothing else: no database, no clock, no credits.
 * Expected failures are values; whatever is thrown is a bug. A provider that cannot do something leaves that method
 * out. Ids are 1 to 200 letters, digits, `_` and `-`, since they become document ids, and amounts are whole minor units.
 */
export interface PaymentAdapter {
  readonly name: string;
  fetchProduct(productId: string): Promise<ProviderResult<ProviderProduct>>;
  /** Left out by a provider without recurring subscriptions. Fails with `not_found` for a price that never existed. */
  fetchPrice?(priceId: string): Promise<ProviderResult<PriceDetails>>;
  /** Left out, with `updateCustomer` and `deleteCustomer`, by a provider without customers. */
  ensureCustomer?(
    customer: { userId: string; email: string | undefined },
    options: Idempotent,
  ): Promise<ProviderResult<string>>;
  updateCustomer?(customer: { customerId: string; email: string }): Promise<ProviderResult<void>>;
  /**
   * Deletes a customer with all that the provider knows of them, and ends their recurring subscriptions at once. It may
   * be repeated. Fails with `not_found` for one who never existed for these keys.
   */
  deleteCustomer?(customerId: string): Promise<ProviderResult<void>>;
  createCheckout(request: CheckoutRequest, options: Idempotent): Promise<ProviderResult<Checkout>>;
  /** Fails with `not_found` also for a checkout of another project. */
  fetchCheckout(sessionId: string): Promise<ProviderResult<PaymentNews>>;
  /** All that a checkout sells. Left out by a provider that sells nothing but the order. */
  fetchCheckoutLines?(sessionId: string): Promise<ProviderResult<CheckoutLine[]>>;
  /** Ends a checkout that nobody has paid, approved or not; one that is over stays as it is. */
  expireCheckout?(sessionId: string): Promise<ProviderResult<void>>;
  /**
   * Takes the money of an approved checkout, once however often it is called, and returns the checkout as it is then. A
   * declined capture is news, not a failure; a checkout that is not approved, or captured already, is returned as it
   * is. Left out if paying takes one step; needs `expireCheckout`.
   */
  captureCheckout?(sessionId: string, options: Idempotent): Promise<ProviderResult<PaymentNews>>;
  /**
   * The checkout or the invoice that a payment belongs to, with all that happened to its money. Fails with `not_found`
   * also for one of another project.
   */
  fetchPayment(key: string): Promise<ProviderResult<{ news: PaymentNews } | { invoice: InvoiceNews }>>;
  /** All refunds of a payment. Left out by a provider whose events carry them. */
  fetchRefunds?(key: string): Promise<ProviderResult<PaymentFacts>>;
  /** The invoice that a payment paid, under whose id it is known here; undefined if it paid none. */
  fetchInvoiceId?(key: string): Promise<ProviderResult<string | undefined>>;
  /** Left out, with the other methods of recurring subscriptions, by a provider that has none. */
  fetchInvoice?(invoiceId: string): Promise<ProviderResult<InvoiceNews>>;
  /** Gives money back and returns the fact of it, which carries the `requestId`. */
  refund?(refund: RefundRequest, options: Idempotent): Promise<ProviderResult<PaymentUpdate>>;
  /** Fails with `not_found` also for one of another project. */
  fetchSubscription?(subscriptionId: string): Promise<ProviderResult<ProviderPlan>>;
  /**
   * Lets it end with its period, and drops what was scheduled for it; or takes back every end that was set for it, except by
   * a schedule.
   */
  setCancelAtPeriodEnd?(
    change: { subscriptionId: string; cancelAtPeriodEnd: boolean },
    options: Idempotent,
  ): Promise<ProviderResult<ChangedPlan>>;
  /**
   * Ends it at once, and gives nothing back. It may be repeated. Fails with `not_found` for one that never existed for
   * these keys.
   */
  endSubscription?(subscriptionId: string): Promise<ProviderResult<void>>;
  /** The URL of the provider's page for a customer's subscriptions, cards and invoices. */
  createPortal?(portal: { customerId: string; returnUrl: string }): Promise<ProviderResult<string>>;
  /**
   * One page of the events since a moment, in any order. `next` is the cursor of the next page, undefined on the last. A
   * cursor may be saved and used by another process; fails with `not_found` for one that is too old.
   */
  listEvents?(wanted: { since: Date; cursor: string | undefined }): Promise<ProviderResult<EventPage>>;
  /**
   * An event from its stored payload, whose signature was checked when it arrived. One of an unknown shape is `unreadable`.
   */
  parseEvent(payload: string): ParsedEvent;
  /** All of an event's payload that `parseEvent` needs, and nothing that says who the buyer is. */
  toStoredPayload(payload: string): string;
  /**
   * Checks the signature, then parses. Fails with `signature`, with `invalid_request` for a body that is not an event,
   * and with any other kind if it cannot tell now and the provider should deliver the event again.
   */
  parseWebhook(request: WebhookRequest, options: { now: Date }): Promise<ProviderResult<ParsedEvent>>;
}

/** What an adapter may leave out. */
export type OptionalMethod = {
  [Name in keyof PaymentAdapter]-?: undefined extends PaymentAdapter[Name] ? Name : never;
}[keyof PaymentAdapter];
