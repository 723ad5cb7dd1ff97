import type {
  CheckoutMode,
  CreditNoteState,
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
 * client. Amounts are whole minor units of a lowercase ISO 4217 currency, credits are whole numbers.
 */

interface Stamps<Time> {
  createdAt: Time;
  updatedAt: Time;
}

/** What a purchase gives: for one unit in a product, for the whole order in a session or payment. */
export interface Worth {
  creditsAmount: number;
  /** How long the credits last after payment; null: forever. */
  subscriptionDays: number | null;
}

/**
 * `products/{productId}`: what of it is for sale, as read from the provider at `readAt`. Its worth is that of a unit at its
 * default price, or else at its first one.
 */
export interface Product<Time = Date> extends Worth, Stamps<Time> {
  provider: string;
  /** Whether it is for sale. */
  active: boolean;
  name: string;
  description: string | null;
  images: string[];
  /** The price of an order that names none; null if the provider's default price is not for sale. */
  defaultPriceId: string | null;
  /** Those that are for sale, by the provider's price id. */
  prices: Record<string, Price>;
  /** How many units one order may have; absent if the document was written before there was such a limit. */
  maxQuantity?: number;
  readAt: Time;
}

/** What a unit costs and is worth at one price. Its worth is absent if the document lacks `maxQuantity`. */
export interface Price extends Partial<Worth> {
  amount: number;
  currency: string;
  active: boolean;
  type: PriceType;
  interval: PriceInterval | null;
  /** How many intervals a period has; absent for 1. */
  intervalCount?: number;
  /** The amount in other currencies, in which the provider may charge instead; absent if there is none. */
  currencyOptions?: Record<string, number>;
  /** Absent if it is the product's. */
  maxQuantity?: number;
  /** How often one user gets it without being asked for money; absent for once. */
  freeTimes?: number;
  /** Whether one user may have several live subscriptions of it at once; absent if not. */
  allowSeveral?: boolean;
}

/** What a buyer was shown and gets. */
export interface Order extends Worth {
  userId: string;
  productId: string;
  priceId: string;
  quantity: number;
  currency: string;
}

/** `payment_sessions/{sessionId}`: a checkout that was opened for a buyer. */
export interface PaymentSession<Time = Date> extends Order, Stamps<Time> {
  provider: string;
  mode: CheckoutMode;
  amount: number;
  status: SessionStatus;
  paymentId: string | null;
  successUrl: string;
  cancelUrl: string;
  expiresAt: Time;
  /** The provider's ids of related objects, by name. */
  providerData: Record<string, string>;
}

/** What is known about one payment: a set of facts from which its status and amounts are derived. */
export interface PaymentFacts<Time = Date> {
  /**
   * Money received, in minor units of `currency`, and what the buyer's balance at the provider paid beside it; absent
   * for a payment without one.
   */
  paid?: { amount: number; currency: string; at: Time; fromBalance?: number } | undefined;
  failed?: { reason: string; at: Time } | undefined;
  canceled?: { at: Time } | undefined;
  /** By the provider's refund id. */
  refunds: Record<string, RefundFact<Time>>;
  /** By the provider's dispute id; empty in a payment, whose user does not read them. */
  disputes: Record<string, DisputeFact<Time>>;
  /** By the provider's credit note id. */
  creditNotes: Record<string, CreditNoteFact<Time>>;
  /** By the provider's id of a fraud warning that freezes no longer; absent if there is none, and in a payment. */
  thaws?: Record<string, ThawFact<Time>>;
  /** When an admin took back what was bought with test keys; absent for a payment that counts. */
  revoked?: { at: Time };
}

export interface RefundFact<Time = Date> {
  state: RefundState;
  amount: number;
  at: Time;
  /** The id of the call that asked for it; absent for refunds made at the provider. */
  requestId?: string;
}

/** A `warning` without an amount is a bank's warning of fraud; with one, it is the bank's inquiry. */
export interface DisputeFact<Time = Date> {
  state: DisputeState;
  amount: number;
  at: Time;
}

/** The end of what a fraud warning does. */
export interface ThawFact<Time = Date> {
  at: Time;
  /** The admin who ended it, and why; absent if its time was over. */
  actor?: string;
  reason?: string;
}

/** A document by which an invoice is worth less than it asked for. Amounts are in minor units. */
export interface CreditNoteFact<Time = Date> {
  state: CreditNoteState;
  /** What it took off before the invoice was paid: nobody had to pay it. */
  prePayment: number;
  /** What was credited after payment, to the customer's balance or elsewhere; its refunds are facts of their own. */
  postPayment: number;
  at: Time;
}

/** `payments/{provider}_{key}`: one payment, of a checkout or of an invoice. */
export interface Payment<Time = Date> extends Worth, Stamps<Time> {
  userId: string;
  provider: string;
  sessionId: string | null;
  /** Whether it was paid with real money; absent if the provider does not say, or in documents from before. */
  livemode?: boolean;
  productId: string;
  amount: number;
  currency: string;
  status: PaymentStatus;
  amountRefunded: number;
  /** Minor units taken back by lost disputes. */
  amountChargedBack: number;
  /** Minor units that the buyer's balance at the provider paid, beside `amount`; absent if it is 0. */
  amountFromBalance?: number;
  /** Minor units that credit notes gave back otherwise than by refunds: to the buyer's balance, or outside the provider. */
  amountCredited?: number;
  /** Minor units that credit notes took off the invoice before it was paid. */
  amountForgiven?: number;
  /** Credits that the invoice of a smaller plan takes back; absent if it takes none. */
  creditsTaken?: number;
  /** The payments whose credits `creditsTaken` takes first. */
  takenFrom?: string[];
  /** By the provider's line id; absent for a payment that is no invoice. */
  lines?: Record<string, PaymentLine<Time>>;
  paidAt: Time | null;
  providerData: Record<string, string>;
  metadata: Record<string, string>;
  facts: PaymentFacts<Time>;
}

/** One line of an invoice, and what it was worth when it was paid. */
export interface PaymentLine<Time = Date> {
  priceId: string;
  /** Minor units as the provider shows them; negative if it gives money back. */
  amount: number;
  /** Whether a discount applies to it, so that its amount may be net of that. */
  isDiscounted: boolean;
  /** Not rounded; negative if it takes credits back. */
  credits: number;
  /** How much of its price's period it is for: 1 for a whole period. */
  share: number;
  periodStart: Time;
  periodEnd: Time;
}

/**
 * The credits in `subscriptions/{uid}`. The ledger's balance is `availableCredits + frozen + held - debt`.
 * `startDate` is the first start of all grants. `endDate` is the last end of those that still count: null if one of
 * them lasts forever, equal to `startDate` if none counts any more. Before the first grant both are null.
 */
export interface Subscription<Time = Date> extends Stamps<Time> {
  userId: string;
  status: "active" | "inactive";
  startDate: Time | null;
  endDate: Time | null;
  /** All that was ever granted, less what was revoked or taken back; negative if that is more. */
  totalCredits: number;
  creditsUsed: number;
  /** What can be spent now: what remains of the active grants. */
  availableCredits: number;
  /** Credits that were used and then revoked; more than 0 only while `availableCredits` is 0. */
  debt: number;
  /** What remains of grants whose payment a bank has a question about (`disputed`), until that is settled. */
  frozen: number;
  /** Credits reserved by open holds. */
  held: number;
  /** The last entry's number: entries are numbered 1, 2, 3 … without a gap. */
  seq: number;
}

/**
 * `subscriptions/{uid}` as apps read it: the user's credits and, if they ever had one, a recurring subscription: the live one
 * that ends last, or the last one that there was.
 * The ledger reads and writes only the credits.
 */
export interface SubscriptionDocument<Time = Date> extends Subscription<Time> {
  plan?: Plan<Time>;
}

/** `plans/{provider}_{subscriptionId}`: one recurring subscription, live or over. */
export interface PlanDocument<Time = Date> extends Plan<Time>, Stamps<Time> {
  userId: string;
}

/**
 * A recurring subscription as the provider had it at `readAt`, in a document of its own, and in `plan` of
 * `subscriptions/{uid}`. `status` is in
 * the provider's words: `active`, `trialing`, `past_due`, `unpaid`, `paused`, `canceled` …
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
  /** Whether it is going to end, with its period or at another time. */
  cancelAtPeriodEnd: boolean;
  /** When it is going to end; null if it goes on, absent if it was written before this was known. */
  cancelAt?: Time | null;
  /** What was scheduled for it and was dropped by its cancellation; absent if nothing was, or after it was resumed. */
  droppedChange?: PlanChange<Time>;
  readAt: Time;
}

/** What a recurring subscription would have become. */
export interface PlanChange<Time = Date> {
  productId: string | null;
  priceId: string | null;
  quantity: number;
  at: Time;
}

/**
 * `subscriptions/{uid}/grants/{grantId}`: what one payment, an admin or the app gave. `remaining` and `status` follow
 * from the other numbers: of `amount`, `used` was spent or is held, `repaid` went into the debt another grant left,
 * `expired` ran out. If more was used than the amount, the difference is debt.
 */
export interface Grant<Time = Date> extends Stamps<Time> {
  userId: string;
  grantId: string;
  /** The payment behind it; null if an admin or the app gave it. */
  paymentId: string | null;
  /** What it entitles to now. */
  amount: number;
  used: number;
  repaid: number;
  expired: number;
  remaining: number;
  /** What its payment no longer entitles to. */
  revoked: number;
  /** What its payment takes from other grants; absent if it takes nothing. */
  taken?: number;
  startDate: Time;
  /** Null: forever. */
  expiresAt: Time | null;
  /** `expiresAt`, or 9999-12-31 if that is null. */
  spendableUntil: Time;
  status: GrantStatus;
  /** How many ledger entries this grant has, which number their keys. */
  entryCount: number;
}

/** Credits taken from one grant. */
export interface Take {
  grantId: string;
  amount: number;
}

/** Where credits come from: a payment, or an admin or the app. */
export type GrantCause = { paymentId: string } | GiftCause;

export interface GiftCause {
  key: string;
  /** For the user; absent if there is none. */
  note?: string;
  /** Only in entries that were written before it was hidden, and not moved yet. */
  reason?: string;
  /** The same. */
  grantedBy?: string;
}

interface EntryBase<Time> extends Stamps<Time> {
  userId: string;
  seq: number;
  delta: number;
  /** Negative if credits were used and then revoked. */
  balanceAfter: number;
}

/**
 * `subscriptions/{uid}/entries/{key}`: one booking; immutable. A `grant` also books credits that come back, because a
 * refund failed or an end moved.
 */
export type Entry<Time = Date> = EntryBase<Time> &
  (
    | {
        type: "grant" | "revoke";
        grantId: string;
        cause: GrantCause;
        /** Only in gifts that were written before it was hidden: a hash of what an admin or the app asked for. */
        inputHash?: string;
      }
    | { type: "expire"; grantId: string; cause: { expiresAt: Time } }
    | {
        type: "spend";
        /** `hold`: whether the credits came from a captured hold. */
        cause: { key: string; reason: string; hold: boolean };
        takes: Take[];
        inputHash: string;
      }
  );

/** `subscriptions/{uid}/entries/{key}/private/cause`: what of a gift's entry is not for its user. */
export interface PrivateCause<Time = Date> extends Stamps<Time> {
  reason: string;
  grantedBy: string;
  /** A hash of what was asked for, to tell a repeated request from another. It would confirm a guess of the reason. */
  inputHash?: string;
}

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
  /** How much of it was spent. */
  captured: number;
  takes: Take[];
  inputHash: string;
  expiresAt: Time;
}
