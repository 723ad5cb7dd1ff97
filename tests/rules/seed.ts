import { Timestamp } from "firebase/firestore";

/** Who asks. "owner" and "other" are signed in and have these words as uids; "other" has no subscription yet. */
export type Actor = "signedOut" | "owner" | "other";

export const actors: readonly Actor[] = ["signedOut", "owner", "other"];

export type Fields = Record<string, unknown>;

const createdAt = Timestamp.fromDate(new Date("2026-01-02T03:04:05Z"));
const later = Timestamp.fromDate(new Date("2026-02-02T03:04:05Z"));
const stamps = { createdAt, updatedAt: createdAt };

const payment = (userId: string): Fields => ({
  ...stamps,
  userId,
  provider: "stripe",
  sessionId: `session_of_${userId}`,
  productId: "active",
  amount: 500,
  currency: "eur",
  status: "succeeded",
  amountRefunded: 0,
  creditsAmount: 100,
  subscriptionDays: 30,
  paidAt: createdAt,
  providerData: { intent: "pi_1" },
  metadata: {},
  facts: { paid: { amount: 500, currency: "eur" } },
});

const session = (userId: string): Fields => ({
  ...stamps,
  userId,
  provider: "stripe",
  productId: "active",
  priceId: "price_1",
  quantity: 1,
  mode: "payment",
  amount: 500,
  currency: "eur",
  creditsAmount: 100,
  subscriptionDays: 30,
  status: "created",
  paymentId: null,
  successUrl: "http://127.0.0.1/payment-success",
  cancelUrl: "http://127.0.0.1/payment-canceled",
  expiresAt: later,
  providerData: {},
});

const subscription = (userId: string): Fields => ({
  ...stamps,
  userId,
  status: "active",
  startDate: createdAt,
  endDate: later,
  totalCredits: 100,
  creditsUsed: 20,
  availableCredits: 60,
  debt: 0,
  frozen: 20,
  seq: 1,
  plan: null,
});

const plan = (userId: string): Fields => ({
  ...stamps,
  userId,
  provider: "stripe",
  subscriptionId: `sub_of_${userId}`,
  status: "active",
  productId: "active",
  priceId: "price_1",
  quantity: 1,
  currentPeriodEnd: later,
  trialEnd: null,
  cancelAtPeriodEnd: false,
  cancelAt: null,
  readAt: createdAt,
});

const grant: Fields = {
  ...stamps,
  userId: "owner",
  paymentId: "of_owner",
  amount: 100,
  remaining: 80,
  revoked: 0,
  expiresAt: later,
  status: "active",
};

const entry: Fields = {
  ...stamps,
  userId: "owner",
  seq: 1,
  type: "grant",
  delta: 100,
  balanceAfter: 100,
  cause: { paymentId: "of_owner" },
};

const product = (active: boolean): Fields => ({ ...stamps, active, name: "Credits", creditsAmount: 100 });
/** An owner of it, or `active`, would be no reason to show it either. */
const withheld: Fields = {
  ...stamps,
  userId: "owner",
  active: true,
  prices: { price_2: "its billing_scheme is tiered" },
};
const waiting: Fields = {
  ...stamps,
  userId: "owner",
  reason: "Cannot read document",
  attempts: 1,
  nextAttemptAt: later,
};
const customer: Fields = {
  ...stamps,
  userId: "owner",
  providers: { stripe: { customerId: "cus_1", email: "owner@example.com" } },
  calls: { minute: 1, count: 60 },
  openSessions: {},
  plans: { of_owner: plan("owner") },
};
const free: Fields = { ...stamps, userId: "owner", windows: {}, orders: ["of_owner"] };
const event: Fields = {
  ...stamps,
  userId: "owner",
  provider: "stripe",
  eventId: "1",
  type: "checkout.session.completed",
  status: "failed",
  attempts: 1,
  error: "unavailable",
  payload: "{}",
  expireAt: later,
};
const reconciliation: Fields = { ...stamps, userId: "owner", provider: "stripe", reconciledAt: createdAt };
const privateFacts: Fields = {
  ...stamps,
  userId: "owner",
  disputes: { issfr_1: { state: "warning", amount: 0, at: createdAt } },
  frozen: true,
  frozenSince: createdAt,
  thaws: { issfr_1: { at: createdAt, actor: "admin", reason: "A regular" } },
};
const privateCause: Fields = {
  ...stamps,
  userId: "owner",
  reason: "Our mistake",
  grantedBy: "admin",
  inputHash: "abc",
};
/** What a careless rule would open: it names its owner and is active. */
const stray: Fields = { ...stamps, userId: "owner", active: true };

/** The documents of the database under test, by path. */
export const stored: ReadonlyMap<string, Fields> = new Map([
  ["payments/of_owner", payment("owner")],
  ["payments/of_other", payment("other")],
  ["payments/of_nobody", { ...payment("owner"), userId: null }],
  ["payments/of_owner/unknown/1", stray],
  ["payments/of_owner/private/facts", privateFacts],
  ["payment_sessions/of_owner", session("owner")],
  ["payment_sessions/of_other", session("other")],
  ["payment_sessions/of_nobody", { ...session("owner"), userId: null }],
  ["payment_sessions/of_owner/unknown/1", stray],
  ["plans/of_owner", plan("owner")],
  ["plans/of_other", plan("other")],
  ["plans/of_nobody", { ...plan("owner"), userId: null }],
  ["plans/of_owner/unknown/1", stray],
  ["subscriptions/owner", subscription("owner")],
  ["subscriptions/owner/grants/1", grant],
  ["subscriptions/owner/grants/1/unknown/1", stray],
  ["subscriptions/owner/entries/1", entry],
  ["subscriptions/owner/entries/1/unknown/1", stray],
  ["subscriptions/owner/entries/1/private/cause", privateCause],
  ["subscriptions/owner/holds/1", entry],
  ["subscriptions/owner/holds/1/unknown/1", stray],
  ["subscriptions/owner/unknown/1", stray],
  ["subscriptions/owner/unknown/1/grants/1", grant],
  ["subscriptions/owner/unknown/1/entries/1", entry],
  ["subscriptions/owner/unknown/1/holds/1", entry],
  ["products/active", product(true)],
  ["products/inactive", product(false)],
  ["products/active/unknown/1", stray],
  ["products/active/private/offer", withheld],
  ["customers/owner", customer],
  ["customers/owner/free/stripe_active", free],
  ["webhook_events/1", event],
  ["reconciliations/stripe", reconciliation],
  ["reconciliations/_credits/waiting/1", waiting],
  ["unknown/1", stray],
  ["unknown/1/payments/of_owner", payment("owner")],
  ["unknown/1/payment_sessions/of_owner", session("owner")],
  ["unknown/1/subscriptions/owner", subscription("owner")],
  ["unknown/1/plans/of_owner", plan("owner")],
  ["unknown/1/products/active", product(true)],
]);

/** The documents that are asked for without being there, with the content a client would give them. */
export const missing: ReadonlyMap<string, Fields> = new Map([
  ["payments/missing", payment("owner")],
  ["payment_sessions/missing", session("owner")],
  ["plans/missing", plan("owner")],
  ["subscriptions/other", subscription("other")],
  ["subscriptions/other/grants/1", grant],
  ["subscriptions/other/entries/1", entry],
  ["subscriptions/other/holds/1", entry],
  ["products/missing", product(true)],
  ["customers/other", { ...customer, userId: "other" }],
]);

/** What an owner would like their documents to say, by the document; each change is tried alone. */
export const forgeries: ReadonlyMap<string, readonly Fields[]> = new Map([
  [
    "payments/of_owner",
    [
      { userId: "other" },
      { status: "refunded" },
      { creditsAmount: 1_000_000 },
      { amountRefunded: -1 },
      { facts: {} },
    ],
  ],
  ["payments/of_other", [{ userId: "owner" }]],
  [
    "payment_sessions/of_owner",
    [{ userId: "other" }, { status: "completed" }, { creditsAmount: 1_000_000 }, { paymentId: "of_other" }],
  ],
  ["payment_sessions/of_other", [{ userId: "owner" }]],
  [
    "plans/of_owner",
    [{ userId: "other" }, { status: "active" }, { cancelAtPeriodEnd: true }, { quantity: 99 }],
  ],
  ["plans/of_other", [{ userId: "owner" }]],
  [
    "subscriptions/owner",
    [
      { userId: "other" },
      { availableCredits: 1_000_000 },
      { creditsUsed: 0 },
      { endDate: null },
      { frozen: 0 },
    ],
  ],
  ["subscriptions/owner/grants/1", [{ userId: "other" }, { remaining: 1_000_000 }, { expiresAt: null }]],
  ["subscriptions/owner/entries/1", [{ userId: "other" }, { delta: 1_000_000 }, { balanceAfter: 1_000_000 }]],
  ["subscriptions/owner/holds/1", [{ userId: "other" }, { status: "released" }]],
  ["products/active", [{ active: false }, { creditsAmount: 1_000_000 }]],
  ["products/inactive", [{ active: true }]],
  [
    "customers/owner",
    [{ providers: {} }, { calls: { minute: 1, count: 0 } }, { openSessions: {} }, { plans: {} }],
  ],
  ["webhook_events/1", [{ status: "processed" }]],
  ["reconciliations/stripe", [{ reconciledAt: later }]],
  ["unknown/1", [{ userId: "other" }]],
]);
