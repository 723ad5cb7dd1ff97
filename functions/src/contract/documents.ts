import type {
  CheckoutMode,
  DisputeState,
  GrantStatus,
  HoldStatus,
  PaymentStatus,
  PriceInterval,
  PriceType,
  RefundState,
  SessionStatus,
} from "./codes.ts";

/*
 * The documents that apps read, as they are stored. `Time` is a `Date` in the functions and the SDK's `Timestamp` in a
 * client. Amounts are whole minor units of a lower-case ISO 4217 currency, credits are whole numbers.
 */

interface Stamps<Time> {
  createdAt: Time;
  updatedAt: Time;
}

/** What a product gives: of a product for one unit, of a session or payment for the whole order. */
export interface Worth {
  creditsAmount: number;
  /** How long the credits last from payment; null for ever. */
  subscriptionDays: number | null;
}

/** `products/{productId}`: what it costs and what a unit of it is worth, as read at the provider at `readAt`. */
export interface Product<Time = Date> extends Worth, Stamps<Time> {
  provider: string;
  active: boolean;
  name: string;
  description: string | null;
  images: string[];
  defaultPriceId: string | null;
  /** By the provider's price id. */
  prices: Record<string, Price>;
  readAt: Time;
}

export interface Price {
  amount: number;
  currency: string;
  active: boolean;
  type: PriceType;
  interval: PriceInterval | null;
}

/** What a buyer was shown and is to get. */
export interface Order extends Worth {
  userId: string;
  productId: string;
  priceId: string;
  quantity: number;
  currency: string;
}

/** `payment_sessions/{sessionId}`: a checkout that was handed out. */
export interface PaymentSession<Time = Date> extends Order, Stamps<Time> {
  provider: string;
  mode: CheckoutMode;
  amount: number;
  status: SessionStatus;
  paymentId: string | null;
  successUrl: string;
  cancelUrl: string;
  expiresAt: Time;
  /** The provider's ids of what belongs to it. */
  providerData: Record<string, string>;
}

/** What is known of one payment: a set of facts from which its status and amounts are derived. */
export interface PaymentFacts<Time = Date> {
  /** Money received, in minor units of `currency`. */
  paid?: { amount: number; currency: string; at: Time } | undefined;
  failed?: { reason: string; at: Time } | undefined;
  canceled?: { at: Time } | undefined;
  /** By the provider's refund id. */
  refunds: Record<string, RefundFact<Time>>;
  /** By the provider's dispute id. */
  disputes: Record<string, DisputeFact<Time>>;
}

export interface RefundFact<Time = Date> {
  state: RefundState;
  amount: number;
  at: Time;
  /** Of the call that asked for it; absent for refunds made at the provider. */
  requestId?: string;
}

export interface DisputeFact<Time = Date> {
  state: DisputeState;
  amount: number;
  at: Time;
}

/** `payments/{provider}_{key}`: one payment, of a checkout or of an invoice. */
export interface Payment<Time = Date> extends Worth, Stamps<Time> {
  userId: string;
  provider: string;
  sessionId: string | null;
  productId: string;
  amount: number;
  currency: string;
  status: PaymentStatus;
  amountRefunded: number;
  /** Taken back by lost disputes. */
  amountChargedBack: number;
  paidAt: Time | null;
  providerData: Record<string, string>;
  metadata: Record<string, string>;
  facts: PaymentFacts<Time>;
}

/**
 * `subscriptions/{uid}`: a user's credits. The ledger's balance is `availableCredits + frozen + held - debt`.
 * The dates are the first start of all grants and the last end of those that still count; `endDate` is null if one of
 * them lasts for ever, and equals `startDate` if none counts any more. Before the first grant both are null.
 */
export interface Subscription<Time = Date> extends Stamps<Time> {
  userId: string;
  status: "active" | "inactive";
  startDate: Time | null;
  endDate: Time | null;
  /** All that was ever granted, less what was revoked. */
  totalCredits: number;
  creditsUsed: number;
  /** What can be spent now: what remains of the active grants. */
  availableCredits: number;
  /** Credits that were used and then revoked; more than 0 only while `availableCredits` is 0. */
  debt: number;
  /** What remains of grants whose payment is disputed. */
  frozen: number;
  /** Credits reserved by open holds. */
  held: number;
  /** The last entry's number: entries are numbered 1, 2, 3 … without a gap. */
  seq: number;
}

/**
 * `plan` of `subscriptions/{uid}`: the user's recurring subscription as the provider held it at `readAt`. `status` in the
 * provider's words: `active`, `trialing`, `past_due`, `unpaid`, `paused`, `canceled` …
 */
export interface Plan<Time = Date> {
  provider: string;
  subscriptionId: string;
  status: string;
  productId: string | null;
  priceId: string | null;
  quantity: number;
  currentPeriodEnd: Time | null;
  trialEnd: Time | null;
  cancelAtPeriodEnd: boolean;
  readAt: Time;
}

/**
 * `subscriptions/{uid}/grants/{grantId}`: what one payment, or one admin, gave. `remaining` and `status` follow from the
 * other numbers: of `amount`, `used` was spent or is held, `repaid` went into the debt another grant left, `expired` ran
 * out. More used than the amount is debt.
 */
export interface Grant<Time = Date> extends Stamps<Time> {
  userId: string;
  grantId: string;
  /** The payment behind it; null if an admin gave it. */
  paymentId: string | null;
  /** What it entitles to now. */
  amount: number;
  used: number;
  repaid: number;
  expired: number;
  remaining: number;
  /** What its payment no longer entitles to. */
  revoked: number;
  startDate: Time;
  /** Null: for ever. */
  expiresAt: Time | null;
  /** `expiresAt`, or the end of time. */
  spendableUntil: Time;
  status: GrantStatus;
  /** How many ledger entries this grant has; the next one's key. */
  entryCount: number;
}

/** Credits taken from one grant. */
export interface Take {
  grantId: string;
  amount: number;
}

/** Where credits come from: a payment, or an admin or promotion with a reason. */
export type GrantCause = { paymentId: string } | { key: string; reason: string; grantedBy: string };

interface EntryBase<Time> extends Stamps<Time> {
  userId: string;
  seq: number;
  delta: number;
  /** May be negative: credits that were used and then revoked. */
  balanceAfter: number;
}

/**
 * `subscriptions/{uid}/entries/{key}`: one booking; immutable. A `grant` is also what comes back: a refund that failed, an
 * end that moved.
 */
export type Entry<Time = Date> = EntryBase<Time> &
  (
    | {
        type: "grant" | "revoke";
        grantId: string;
        cause: GrantCause;
        /** Of what an admin asked for. */
        inputHash?: string;
      }
    | { type: "expire"; grantId: string; cause: { expiresAt: Time } }
    | {
        type: "spend";
        /** `hold` is whether a hold was captured. */
        cause: { key: string; reason: string; hold: boolean };
        takes: Take[];
        inputHash: string;
      }
  );

/**
 * `subscriptions/{uid}/holds/{key}`: credits reserved for work whose price is not known yet: taken from their grants, but
 * not yet spent.
 */
export interface Hold<Time = Date> extends Stamps<Time> {
  userId: string;
  key: string;
  amount: number;
  reason: string;
  status: HoldStatus;
  /** What was spent of it in the end. */
  captured: number;
  takes: Take[];
  inputHash: string;
  expiresAt: Time;
}
