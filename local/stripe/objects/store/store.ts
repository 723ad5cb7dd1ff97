import type { Stripe } from "stripe";
import type { Cost } from "../billing/costs.ts";
import { Collection } from "./collection.ts";

/** What a checkout session needs to know beyond the object the API shows. */
export interface CheckoutDetails {
  lineItems: readonly Stripe.LineItem[];
  /** The intent of a subscription's first payment, which the session itself does not name. */
  attemptIntentId: string | null;
  /** Null in `payment` mode. */
  subscriptionData: {
    metadata: Record<string, string>;
    description: string | null;
    /** The trial ends that many days after the session's completion, or at that time in seconds. */
    trial: { days: number } | { end: number } | null;
    missingPaymentMethod: "cancel" | "create_invoice" | "pause";
    billingMode: Stripe.Subscription.BillingMode;
    /** The coupon that the subscription begins with. */
    couponId: string | null;
  } | null;
  paymentIntentData: {
    metadata: Record<string, string>;
    description: string | null;
    receiptEmail: string | null;
    statementDescriptor: string | null;
    statementDescriptorSuffix: string | null;
    captureMethod: "automatic" | "automatic_async";
    /** Set if the payment method is to be charged again, without the buyer or with them. */
    setupFutureUsage: "off_session" | "on_session" | null;
    shipping: Stripe.PaymentIntent.Shipping | null;
  };
}

/** What the account's owner chooses in Stripe's dashboard. */
export interface BillingSettings {
  /** What happens to a subscription if the last attempt to collect its invoice fails. */
  whenRetriesEnd: "canceled" | "past_due" | "unpaid";
}

/** Everything the stand-in account holds. */
export interface Store {
  products: Collection<Stripe.Product, "id">;
  prices: Collection<Stripe.Price, "product" | "lookupKey">;
  /** What a unit costs in other currencies than the price's own, by price. */
  currencyOptions: Map<string, Readonly<Record<string, number>>>;
  /** What the tiers of a price cost, by price: the API shows them only if they are asked for. */
  tiers: Map<string, readonly Stripe.Price.Tier[]>;
  /** Prices that were made for one sale, which lists leave out. */
  inlinePrices: Set<string>;
  /** Prices that were used by a session or a subscription and can no longer be deleted. */
  soldPrices: Set<string>;
  customers: Collection<Stripe.Customer, "email">;
  deletedCustomers: Map<string, Stripe.DeletedCustomer>;
  balanceTransactions: Collection<Stripe.CustomerBalanceTransaction, "customer" | "invoice">;
  coupons: Collection<Stripe.Coupon>;
  promotionCodes: Collection<Stripe.PromotionCode, "code" | "coupon">;
  /** The coupons that subscriptions have or had. */
  discounts: Map<string, Stripe.Discount>;
  sessions: Collection<
    Stripe.Checkout.Session,
    "paymentIntent" | "subscription" | "customer" | "status" | "email"
  >;
  checkoutDetails: Map<string, CheckoutDetails>;
  paymentIntents: Collection<Stripe.PaymentIntent, "customer">;
  charges: Collection<Stripe.Charge, "paymentIntent" | "customer">;
  paymentMethods: Collection<Stripe.PaymentMethod>;
  refunds: Collection<Stripe.Refund, ByPayment>;
  disputes: Collection<Stripe.Dispute, ByPayment>;
  fraudWarnings: Collection<Stripe.Radar.EarlyFraudWarning, ByPayment>;
  subscriptions: Collection<Stripe.Subscription, "customer">;
  schedules: Collection<Stripe.SubscriptionSchedule>;
  invoices: Collection<Stripe.Invoice, "customer" | "subscription" | "status">;
  invoicePayments: Collection<Stripe.InvoicePayment, "invoice" | "paymentIntent">;
  creditNotes: Collection<Stripe.CreditNote, "customer" | "invoice">;
  invoiceItems: Map<string, Stripe.InvoiceItem>;
  /** What a proration costs before and after discounts, by invoice item: classic billing needs it and does not show it. */
  prorationCosts: Map<string, Cost>;
  /** The invoice items that wait for the next invoice, oldest first, by subscription or by customer. */
  pendingItems: Map<string, readonly string[]>;
  /** The checkout session that led to a payment intent, directly or by a renewal of what was bought there. */
  sessionOfIntent: Map<string, string>;
  /** The checkout session a subscription was bought in. */
  sessionOfSubscription: Map<string, string>;
  /** Portal sessions by the secret in their address. */
  portalSessions: Map<string, Stripe.BillingPortal.Session>;
  billing: BillingSettings;
  events: Collection<Stripe.EventBase, "type">;
}

type ByPayment = "charge" | "paymentIntent";
type Reference = Parameters<typeof idOf>[0];

/** The indexes of what belongs to a charge. */
const byPayment = {
  charge: ({ charge }: { charge: Reference }) => idOf(charge),
  paymentIntent: ({ payment_intent: intent }: { payment_intent?: Reference }) => idOf(intent),
};

/** An empty account. */
export function createStore(): Store {
  return {
    products: new Collection({ id: ({ id }) => id }),
    prices: new Collection({
      product: ({ product }) => idOf(product),
      lookupKey: ({ lookup_key }) => lookup_key,
    }),
    currencyOptions: new Map(),
    tiers: new Map(),
    inlinePrices: new Set(),
    soldPrices: new Set(),
    customers: new Collection({ email: ({ email }) => email }),
    deletedCustomers: new Map(),
    balanceTransactions: new Collection({
      customer: ({ customer }) => idOf(customer),
      invoice: ({ invoice }) => idOf(invoice),
    }),
    coupons: new Collection({}),
    promotionCodes: new Collection({
      code: ({ code }) => code.toLowerCase(),
      coupon: ({ promotion }) => idOf(promotion.coupon),
    }),
    discounts: new Map(),
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
    refunds: new Collection<Stripe.Refund, ByPayment>(byPayment),
    disputes: new Collection<Stripe.Dispute, ByPayment>(byPayment),
    fraudWarnings: new Collection<Stripe.Radar.EarlyFraudWarning, ByPayment>(byPayment),
    schedules: new Collection({}),
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
    creditNotes: new Collection({
      customer: ({ customer }) => idOf(customer),
      invoice: ({ invoice }) => idOf(invoice),
    }),
    invoiceItems: new Map(),
    prorationCosts: new Map(),
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

/** The id of a reference, whether it is expanded or not; this server stores ids. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  return typeof reference === "string" ? reference : (reference?.id ?? null);
}
