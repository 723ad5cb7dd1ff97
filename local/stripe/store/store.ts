import type { Stripe } from "stripe";
import { Collection } from "./collection.ts";

/** What a checkout session needs to know beyond the object the API shows. */
export interface CheckoutDetails {
  readonly lineItems: readonly Stripe.LineItem[];
  readonly paymentIntentData: {
    readonly metadata: Record<string, string>;
    readonly description: string | null;
    readonly receiptEmail: string | null;
    readonly statementDescriptor: string | null;
    readonly statementDescriptorSuffix: string | null;
    readonly captureMethod: "automatic" | "automatic_async";
  };
}

/** Everything the stand-in account holds. */
export interface Store {
  readonly products: Collection<Stripe.Product, "id">;
  readonly prices: Collection<Stripe.Price, "product" | "lookupKey">;
  readonly customers: Collection<Stripe.Customer, "email">;
  readonly deletedCustomers: Map<string, Stripe.DeletedCustomer>;
  readonly coupons: Collection<Stripe.Coupon>;
  readonly promotionCodes: Collection<Stripe.PromotionCode, "code" | "coupon">;
  readonly sessions: Collection<Stripe.Checkout.Session, "paymentIntent" | "customer" | "status" | "email">;
  readonly checkoutDetails: Map<string, CheckoutDetails>;
  readonly paymentIntents: Collection<Stripe.PaymentIntent, "customer">;
  readonly charges: Collection<Stripe.Charge, "paymentIntent" | "customer">;
  readonly paymentMethods: Collection<Stripe.PaymentMethod>;
  readonly refunds: Collection<Stripe.Refund, ByPayment>;
  readonly disputes: Collection<Stripe.Dispute, ByPayment>;
  readonly fraudWarnings: Collection<Stripe.Radar.EarlyFraudWarning, ByPayment>;
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
    customers: new Collection({ email: ({ email }) => email }),
    deletedCustomers: new Map(),
    coupons: new Collection({}),
    promotionCodes: new Collection({
      code: ({ code }) => code.toLowerCase(),
      coupon: ({ promotion }) => idOf(promotion.coupon),
    }),
    sessions: new Collection({
      paymentIntent: ({ payment_intent }) => idOf(payment_intent),
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
    events: new Collection({ type: ({ type }) => type }),
  };
}

/** The id of a reference, expanded or not; this server stores them unexpanded. */
export function idOf(reference: string | { readonly id: string } | null | undefined): string | null {
  return typeof reference === "string" ? reference : (reference?.id ?? null);
}
