import * as z from "zod";
import { instant } from "../platform/instant.ts";

export type { GrantCreditsInput, GrantCreditsResult } from "./inputs.ts";

const credits = z.int().min(0);
const stamps = { createdAt: instant, updatedAt: instant };

/** The `spendableUntil` of credits without an end, so that one index orders all grants. */
export const FOR_EVER = new Date(Date.UTC(9999, 11, 31));

/**
 * A user's credits. The ledger's balance is `availableCredits + frozen + held - debt`.
 * The dates are the first start of all grants and the last end of those that still count; `endDate` is null when one of
 * them lasts for ever, and equals `startDate` when none counts any more. Before the first grant both are null.
 */
export const subscriptionSchema = z.object({
  userId: z.string(),
  status: z.enum(["active", "inactive"]),
  startDate: instant.nullable(),
  endDate: instant.nullable(),
  /** All that was ever granted, less what was revoked. */
  totalCredits: credits,
  creditsUsed: credits,
  /** What can be spent now: what remains of the active grants. */
  availableCredits: credits,
  /** Credits that were used and then revoked; more than 0 only while `availableCredits` is 0. */
  debt: credits,
  /** What remains of grants whose payment is disputed. */
  frozen: credits,
  /** Credits reserved by open holds. */
  held: credits,
  /** The last entry's number: entries are numbered 1, 2, 3 … without a gap. */
  seq: credits,
  ...stamps,
});
export type Subscription = z.infer<typeof subscriptionSchema>;

/** `frozen`: its payment is disputed; `used`: nothing remains; `revoked`: its payment entitles to nothing. */
export const grantStatuses = ["active", "used", "revoked", "expired", "frozen"] as const;

/**
 * What one payment, or one admin, gave. `remaining` and `status` follow from the other numbers: of `amount`, `used` was
 * spent or is held, `repaid` went into the debt another grant left, `expired` ran out. More used than the amount is
 * debt.
 */
export const grantSchema = z.object({
  userId: z.string(),
  grantId: z.string(),
  /** The payment behind it; null when an admin gave it. */
  paymentId: z.string().nullable(),
  /** What it entitles to now. */
  amount: credits,
  used: credits,
  repaid: credits,
  expired: credits,
  remaining: credits,
  /** What its payment no longer entitles to. */
  revoked: credits,
  startDate: instant,
  /** Null: for ever. */
  expiresAt: instant.nullable(),
  /** `expiresAt`, or the end of time. */
  spendableUntil: instant,
  status: z.enum(grantStatuses),
  /** How many ledger entries this grant has; the next one's key. */
  entryCount: credits,
  ...stamps,
});
export type Grant = z.infer<typeof grantSchema>;

/** Credits taken from one grant. */
export const takeSchema = z.object({ grantId: z.string(), amount: z.int().min(1) });
export type Take = z.infer<typeof takeSchema>;

/** Whom credits come from: a payment, or an admin or promotion with a reason. */
const grantCause = z.union([
  z.object({ paymentId: z.string() }),
  z.object({ key: z.string(), reason: z.string(), grantedBy: z.string() }),
]);
export type GrantCause = z.infer<typeof grantCause>;

const entryBase = {
  userId: z.string(),
  seq: z.int().min(1),
  delta: z.int(),
  /** May be negative: credits that were used and then revoked. */
  balanceAfter: z.int(),
  ...stamps,
};

/** One booking; immutable. A `grant` is also what comes back: a refund that failed, an end that moved. */
export const entrySchema = z.discriminatedUnion("type", [
  z.object({
    ...entryBase,
    type: z.enum(["grant", "revoke"]),
    grantId: z.string(),
    cause: grantCause,
    /** Of what an admin asked for. */
    inputHash: z.string().exactOptional(),
  }),
  z.object({
    ...entryBase,
    type: z.literal("expire"),
    grantId: z.string(),
    cause: z.object({ expiresAt: instant }),
  }),
  z.object({
    ...entryBase,
    type: z.literal("spend"),
    /** `hold` is whether a hold was captured. */
    cause: z.object({ key: z.string(), reason: z.string(), hold: z.boolean() }),
    takes: z.array(takeSchema),
    inputHash: z.string(),
  }),
]);
export type Entry = z.infer<typeof entrySchema>;

/** Credits reserved for work whose price is not known yet: taken from their grants, but not yet spent. */
export const holdSchema = z.object({
  userId: z.string(),
  key: z.string(),
  amount: z.int().min(1),
  reason: z.string(),
  status: z.enum(["open", "captured", "released", "expired"]),
  /** What was spent of it in the end. */
  captured: credits,
  takes: z.array(takeSchema),
  inputHash: z.string(),
  expiresAt: instant,
  ...stamps,
});
export type Hold = z.infer<typeof holdSchema>;

/**
 * A user's recurring subscription as the provider held it at `readAt`. `status` in the provider's words: `active`,
 * `trialing`, `past_due`, `unpaid`, `paused`, `canceled` …
 */
export const planSchema = z.object({
  provider: z.string(),
  subscriptionId: z.string(),
  status: z.string(),
  productId: z.string().nullable(),
  priceId: z.string().nullable(),
  quantity: z.int().min(0),
  currentPeriodEnd: instant.nullable(),
  trialEnd: instant.nullable(),
  cancelAtPeriodEnd: z.boolean(),
  readAt: instant,
});
export type Plan = z.infer<typeof planSchema>;
