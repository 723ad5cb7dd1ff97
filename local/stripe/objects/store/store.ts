import type { Stripe } from "stripe";
import { Collection } from "./collection.ts";

/** What a checkout session needs to know beyond the object the API shows. */
export interface CheckoutDetails {
  readonly lineItems: readonly Stripe.LineItem[];
  /** The intent of a subscription's first payment, which the session itself does not name. */
  readonly attemptIntentId: string | null;
  /** Null in `payment` mode. */
  readonly subscriptionData: {
    readonly metadata: Record<string, string>;
    readonly description: string | null;
    /** Seconds; the trial ends so long after the session's completion, or at that time. */
    readonly trial: { readonly days: number } | { readonly end: number } | null;
    readonly missingPaymentMethod: "cancel" | "create_invoice" | "pause";
  } | null;
  readonly paymentIntentData: {
    readonly metadata: Record<string, string>;
    readonly description: string | null;
    readonly receiptEmail: string | null;
    readonly statementDescriptor: string | null;
    readonly statementDescriptorSuffix: string | null;
    readonly captureMethod: "automatic" | "automatic_async";
  };
}

/** What the account's owner chooses in Stripe's dashboard. */
export interface BillingSettings {
  /** What becomes of a subscription whose invoice could not be collected in the end. */
  whenRetriesEnd: "canceled" | "past_due" | "unpaid";
}

/** Everything the stand-in account holds. */
export interface Store {
  readonly products: Collection<Stripe.Product, "id">;
  readonly prices: Collection<Stripe.Price, "product" | "lookupKey">;
  /** Prices that were on a session or a subscription, and cannot be deleted any more. */
  readonly soldPrices: Set<string>;
  readonly customers: Collection<Stripe.Customer, "email">;
  readonly deletedCustomers: Map<string, Stripe.DeletedCustomer>;
  readonly coupons: Collection<Stripe.Coupon>;
  readonly promotionCodes: Collection<Stripe.PromotionCode, "code" | "coupon">;
  readonly sessions: Collection<
    Stripe.Checkout.Session,
    "paymentIntent" | "subscription" | "customer" | "status" | "email"
  >;
  readonly checkoutDetails: Map<string, CheckoutDetails>;
  readonly paymentIntents: Collection<Stripe.PaymentIntent, "customer">;
  readonly charges: Collection<Stripe.Charge, "paymentIntent" | "customer">;
  readonly paymentMethods: Collection<Stripe.PaymentMethod>;
  readonly refunds: Collection<Stripe.Refund, ByPayment>;
  readonly disputes: Collection<Stripe.Dispute, ByPayment>;
  readonly fraudWarnings: Collection<Stripe.Radar.EarlyFraudWarning, ByPayment>;
  readonly subscriptions: Collection<Stripe.Subscription, "customer">;
  readonly invoices: Collection<Stripe.Invoice, "customer" | "subscription" | "status">;
  readonly invoicePayments: Collection<Stripe.InvoicePayment, "invoice" | "paymentIntent">;
  readonly invoiceItems: Map<string, Stripe.InvoiceItem>;
  /** The invoice items that wait for a subscription's next invoice, oldest first. */
  readonly pendingItems: Map<string, readonly string[]>;
  /** The checkout session a payment intent stems from, also through a renewal of what was bought there. */
  readonly sessionOfIntent: Map<string, string>;
  /** The checkout session a subscription was bought in. */
  readonly sessionOfSubscription: Map<string, string>;
  /** Portal sessions by the secret in their address. */
  readonly portalSessions: Map<string, Stripe.BillingPortal.Session>;
  readonly billing: BillingSettings;
  readonly events: Collection<Stripe.EventBase, "type">;
}

type ByPayment = "charge" | "paymentIntent";
type Reference = Parameters<typeof idOf>[0];

/** The indexes of what belongs to a charge. */
const BY_PAYMENT = {
  charge: ({ charge }: { readonly charge: Reference }) => idOf(charge),
  paymentIntent: ({ payment_intent: intent }: { readonly payment_intent?: Reference }) => idOf(intent),
};

/** An empty account. */
export function createStore(): Store {
  return {
    products: new Collection({ id: ({ id }) => id }),
    prices: new Collection({
      product: ({ product }) => idOf(product),
      lookupKey: ({ lookup_key }) => lookup_key,
    }),
    soldPrices: new Set(),
    customers: new Collection({ email: ({ email }) => email }),
    deletedCustomers: new Map(),
    coupons: new Collection({}),
    promotionCodes: new Collection({
      code: ({ code }) => code.toLowerCase(),
      coupon: ({ promotion }) => idOf(promotion.coupon),
    }),
    sessions: new Collection({
      paymentIntent: ({ payment_intent }) => idOf(payment_intent),
      subscription: ({ subscription }) => idOf(subscription),
      customer: ({ customer }) => idOf(customer),
      status: ({ status }) => status,
      email: ({ customer_details }) => customer_details?.email ?? null,
    }),
    checkoutDetails: new Map(),
    paymentIntents: new Collection({ customer: ({ customer }) => idOf(customer) }),
    charges: new Collection({
      paymentIntent: ({ payment_intent }) => idOf(payment_intent),
      customer: ({ customer }) => idOf(customer),
    }),
    paymentMethods: new Collection({}),
    refunds: new Collection<Stripe.Refund, ByPayment>(BY_PAYMENT),
    disputes: new Collection<Stripe.Dispute, ByPayment>(BY_PAYMENT),
    fraudWarnings: new Collection<Stripe.Radar.EarlyFraudWarning, ByPayment>(BY_PAYMENT),
    subscriptions: new Collection({ customer: ({ customer }) => idOf(customer) }),
    invoices: new Collection<Stripe.Invoice, "customer" | "subscription" | "status">({
      customer: ({ customer }) => idOf(customer),
      subscription: subscriptionOf,
      status: ({ status }) => status,
    }),
    invoicePayments: new Collection({
      invoice: ({ invoice }) => idOf(invoice),
      paymentIntent: ({ payment }) => idOf(payment.payment_intent),
    }),
    invoiceItems: new Map(),
    pendingItems: new Map(),
    sessionOfIntent: new Map(),
    sessionOfSubscription: new Map(),
    portalSessions: new Map(),
    billing: { whenRetriesEnd: "canceled" },
    events: new Collection({ type: ({ type }) => type }),
  };
}

/** The subscription an invoice bills. */
export function subscriptionOf({ parent }: Pick<Stripe.Invoice, "parent">): string | null {
  return idOf(parent?.subscription_details?.subscription);
}

/** The id of a reference, expanded or not; this server stores them unexpanded. */
export function idOf(reference: string | { readonly id: string } | null | undefined): string | null {
  return typeof reference === "string" ? reference : (reference?.id ?? null);
}
