import type {
  OptionalMethod,
  PaymentAdapter,
  WebhookRequest,
} from "../../../functions/src/adapters/paymentAdapter.ts";

/**
 * How a payer fares on the provider's page. `waits`: their money comes later. `fails`: they get through the page, and
 * then their money does not come. `is_turned_away`: the page refuses them, and they may try again.
 */
export type Payer = "pays" | "waits" | "fails" | "is_turned_away";

export type Operation =
  "fetchProduct" | "ensureCustomer" | "createCheckout" | "fetchCheckout" | "captureCheckout" | "refund";

/** Nobody answers; too many ask; the work is done and its answer does not arrive. */
export type OperationFault = "outage" | "rate_limit" | "lost_answer";

/** A payment as the adapter named it to us. */
export interface NamedPayment {
  key: string;
  providerData: Record<string, string>;
}

/** `amount` in minor units; `metadata` as the product is to carry it. */
export interface ProductWanted {
  unitAmount: number;
  currency: string;
  metadata: Record<string, string>;
}

/**
 * A provider's server and the world around it: payers, the merchant at the dashboard, and what can go wrong.
 */
export interface AdapterHarness {
  /** The optional methods that the adapter has. What it does not have is not tested, and the contract says so. */
  readonly methods: readonly OptionalMethod[];
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** An adapter of one project over the server, with the provider's key or a wrong one. */
  readonly createAdapter: (settings: { projectId: string; isKeyWrong?: boolean }) => PaymentAdapter;
  readonly createProduct: (product: ProductWanted) => Promise<{ productId: string; priceId: string }>;
  /** Takes a product out of sale. */
  readonly withdrawProduct: (productId: string) => Promise<void>;
  /** Goes through the provider's page. Returns the address the payer is sent to in the end. */
  readonly pay: (sessionId: string, payer: Payer) => Promise<string>;
  /** The money of a payer who waits arrives. */
  readonly clear: (sessionId: string) => Promise<void>;
  readonly expire: (sessionId: string) => Promise<void>;
  /** Gives money back at the provider's dashboard. */
  readonly refundByMerchant: (
    payment: NamedPayment,
    amount: { amountMinor: number; currency: string },
  ) => Promise<void>;
  readonly failRefund: (refundId: string) => Promise<void>;
  /** Lets the adapter's next call of that kind go wrong, however often it tries. */
  readonly breakNext: (operation: Operation, fault: OperationFault) => Promise<void>;
  readonly webhooks: WebhookHarness;
  /** Needed with `ensureCustomer`. */
  readonly customers?: { readonly remove: (customerId: string) => Promise<void> };
  /** Where payers can object to a payment. */
  readonly disputes?: {
    readonly open: (payment: NamedPayment) => Promise<void>;
    readonly close: (payment: NamedPayment, outcome: "won" | "lost") => Promise<void>;
  };
  /** Needed with `fetchSubscription`. */
  readonly recurring?: {
    readonly createPlan: (product: ProductWanted) => Promise<{ productId: string; priceId: string }>;
    /** Credits a part of a paid invoice to its customer's balance. */
    readonly credit: (invoiceId: string, amountMinor: number) => Promise<void>;
  };
}

export interface WebhookHarness {
  /** What the provider has sent until now, as it arrived. */
  readonly readReceived: () => readonly WebhookRequest[];
  /** A body as the provider would send it now. */
  readonly sign: (body: string) => WebhookRequest;
  /** The same by somebody who does not have the provider's secret. */
  readonly forge: (body: string) => WebhookRequest;
  /** An event's body as one of another kind, which says nothing about money. */
  readonly toUnknownType: (body: string) => string;
  /** An event's body as one of the provider's other environment. */
  readonly toOtherMode: (body: string) => string;
}
