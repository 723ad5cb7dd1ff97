import * as z from "zod";
import type { GrantCreditsInput, GrantCreditsResult } from "../credits/types.ts";
import { instant } from "../platform/instant.ts";
import { paymentFactsSchema, paymentStatuses, sessionStatuses } from "../model/facts.ts";

const providerName = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "Expected a provider's name");
/** Provider ids become document ids: no slash, no dots alone, bounded, and none of Firestore's own (`__name__`). */
const providerId = z
  .string()
  .regex(/^(?!__.*__$)[A-Za-z0-9_-]{1,200}$/, "Expected 1 to 200 letters, digits, '_' and '-'");
const minorUnits = z.int().min(0);
const currency = z.string().regex(/^[a-z]{3}$/);
const credits = z.int().min(0).max(1_000_000_000);
const days = z.int().min(1).max(36_500);
export const quantitySchema = z.int().min(1).max(999);

/** A whole number as providers keep it: as text. */
export const wholeNumberText = z
  .string()
  .regex(/^\d{1,10}$/, "Expected a whole number")
  .transform(Number);

const requestIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "Expected 1 to 64 letters, digits, '_' and '-'");

export const createPaymentSessionInput = z.strictObject({
  productId: providerId,
  provider: providerName.optional(),
  priceId: providerId.optional(),
  quantity: quantitySchema.optional(),
  successUrl: z.string().max(2_000).optional(),
  cancelUrl: z.string().max(2_000).optional(),
  /** Chosen by the client: a retried or doubled call with the same one returns the same session. */
  requestId: requestIdSchema.optional(),
});

export const verifyPaymentInput = z
  .union([providerId, z.strictObject({ sessionId: providerId, provider: providerName.optional() })])
  .transform((input): { sessionId: string; provider?: string | undefined } =>
    typeof input === "string" ? { sessionId: input } : input,
  );

export const createPortalSessionInput = z
  .strictObject({ returnUrl: z.string().max(2_000).optional(), provider: providerName.optional() })
  .nullish()
  .transform((input) => input ?? {});

export const planChangeInput = z.strictObject({}).nullish();

export const refundPaymentInput = z.strictObject({
  paymentId: providerId,
  /** Minor units; all that is left when absent. */
  amount: z.int().min(1).optional(),
  /** The same refund, however often it is asked for. */
  requestId: requestIdSchema,
});

export const runReconciliationInput = z.strictObject({}).nullish();

export const redriveEventInput = z.strictObject({ eventId: providerId, provider: providerName.optional() });

export type CreatePaymentSessionInput = z.input<typeof createPaymentSessionInput>;
export type CreatePaymentSessionRequest = z.output<typeof createPaymentSessionInput>;
export type VerifyPaymentInput = z.input<typeof verifyPaymentInput>;
export type VerifyPaymentRequest = z.output<typeof verifyPaymentInput>;

/** `expiresAt` is an ISO 8601 time; `url` is the provider's checkout page. */
export interface CreatePaymentSessionResult {
  sessionId: string;
  url: string;
  expiresAt: string;
  provider: string;
}

/** Whether the payment's credits are in the user's subscription: `pending` for the moment between payment and booking. */
export type CreditsState = "granted" | "pending" | "none";

/** `amount` in minor units of the lower-case ISO `currency`; `creditsAmount` is what the whole payment is worth. */
export interface VerifyPaymentResult {
  success: boolean;
  status: (typeof sessionStatuses)[number] | (typeof paymentStatuses)[number];
  sessionId: string;
  paymentId: string | null;
  provider: string;
  amount: number;
  currency: string;
  creditsAmount: number;
  credits: CreditsState;
}

export type RefundPaymentInput = z.input<typeof refundPaymentInput>;

/** How the payment stands after the refund; amounts in minor units. */
export interface RefundPaymentResult {
  paymentId: string;
  status: (typeof paymentStatuses)[number];
  amount: number;
  amountRefunded: number;
  currency: string;
}

export type RedriveEventInput = z.input<typeof redriveEventInput>;

export interface RedriveEventResult {
  eventId: string;
  type: string;
  outcome: WebhookOutcome;
  paymentId: string | null;
}

/** What was looked at, what of it was missing here and is repaired, and what could not be repaired this time. */
export interface ReconciliationTally {
  seen: number;
  repaired: number;
  failed: number;
}

export interface ReconciliationReport {
  /** Events of the provider since the last complete reconciliation. */
  events: ReconciliationTally;
  /** Sessions that should be over by now. */
  sessions: ReconciliationTally;
  /** Events whose work had failed and was due again. */
  inbox: ReconciliationTally;
  /** Payments whose credits were not booked. */
  credits: ReconciliationTally;
  /** Deleted users of whom something is left. */
  deletions: ReconciliationTally;
}

export interface CreatePortalSessionResult {
  url: string;
}

/** A recurring subscription after a change; `currentPeriodEnd` is an ISO 8601 time. */
export interface PlanResult {
  subscriptionId: string;
  status: string;
  cancelAtPeriodEnd: boolean;
  currentPeriodEnd: string | null;
}

/** The deployed callables by name, for the typed client. */
export interface GatewayFunctions {
  createPaymentSession: { input: CreatePaymentSessionInput; result: CreatePaymentSessionResult };
  verifyPayment: { input: VerifyPaymentInput; result: VerifyPaymentResult };
  createPortalSession: { input: z.input<typeof createPortalSessionInput>; result: CreatePortalSessionResult };
  cancelSubscription: { input: z.input<typeof planChangeInput>; result: PlanResult };
  resumeSubscription: { input: z.input<typeof planChangeInput>; result: PlanResult };
  /** For admins (custom claim `admin`). */
  refundPayment: { input: RefundPaymentInput; result: RefundPaymentResult };
  /** For admins: the scheduled `reconcilePayments`, now. */
  runReconciliation: { input: z.input<typeof runReconciliationInput>; result: ReconciliationReport };
  /** For admins: the work of one event of the inbox again, also of a dead one. */
  redriveEvent: { input: RedriveEventInput; result: RedriveEventResult };
  /** For admins: credits without a payment, once for each key. */
  grantCredits: { input: GrantCreditsInput; result: GrantCreditsResult };
}

/** What a buyer was shown and is to get. The provider keeps a copy, from which a lost session is rebuilt. */
export const orderSchema = z.object({
  userId: z.string().min(1).max(128),
  productId: providerId,
  priceId: providerId,
  quantity: quantitySchema,
  currency,
  /** Credits for the whole order: per unit × quantity. */
  creditsAmount: credits,
  /** How long the credits last from payment; null for ever. */
  subscriptionDays: days.nullable(),
});
export type Order = z.infer<typeof orderSchema>;

export const checkoutModes = ["payment", "subscription"] as const;

const stamps = { createdAt: instant, updatedAt: instant };
const providerData = z.record(z.string(), z.string());

export const paymentSessionSchema = z.object({
  ...orderSchema.shape,
  provider: providerName,
  mode: z.enum(checkoutModes),
  amount: minorUnits,
  status: z.enum(sessionStatuses),
  paymentId: z.string().nullable(),
  successUrl: z.string(),
  cancelUrl: z.string(),
  expiresAt: instant,
  providerData,
  ...stamps,
});
export type PaymentSession = z.infer<typeof paymentSessionSchema>;

export const paymentSchema = z.object({
  userId: z.string(),
  provider: providerName,
  sessionId: z.string().nullable(),
  productId: z.string(),
  amount: minorUnits,
  currency,
  status: z.enum(paymentStatuses),
  amountRefunded: minorUnits,
  /** Taken back by lost disputes. */
  amountChargedBack: minorUnits,
  creditsAmount: credits,
  subscriptionDays: days.nullable(),
  paidAt: instant.nullable(),
  providerData,
  metadata: z.record(z.string(), z.string()),
  facts: paymentFactsSchema,
  ...stamps,
});
export type Payment = z.infer<typeof paymentSchema>;

/** All that the credit ledger knows of a payment. */
export const creditablePaymentSchema = paymentSchema.pick({
  userId: true,
  amount: true,
  amountRefunded: true,
  amountChargedBack: true,
  status: true,
  creditsAmount: true,
  subscriptionDays: true,
  paidAt: true,
});
export type CreditablePayment = z.infer<typeof creditablePaymentSchema>;

/** A product of the catalogue: what it costs and what a unit of it is worth, as read at the provider at `readAt`. */
export const productSchema = z.object({
  provider: providerName,
  active: z.boolean(),
  name: z.string(),
  description: z.string().nullable(),
  images: z.array(z.string()),
  creditsAmount: credits.min(1),
  subscriptionDays: days.nullable(),
  defaultPriceId: z.string().nullable(),
  prices: z.record(
    z.string(),
    z.object({
      amount: minorUnits,
      currency,
      active: z.boolean(),
      type: z.enum(["one_time", "recurring"]),
      interval: z.enum(["day", "week", "month", "year"]).nullable(),
    }),
  ),
  readAt: instant,
  ...stamps,
});
export type Product = z.infer<typeof productSchema>;

export const webhookEventSchema = z.object({
  provider: providerName,
  eventId: z.string(),
  type: z.string(),
  status: z.enum(["processed", "failed", "dead"]),
  attempts: z.int().min(1),
  /** When a failed event's work is tried again; null when it is done or given up. */
  nextAttemptAt: instant.nullable(),
  error: z.string().nullable(),
  /** The verified body, kept only while it still needs work. */
  payload: z.string().nullable(),
  expireAt: instant,
  ...stamps,
});
export type WebhookEvent = z.infer<typeof webhookEventSchema>;

/** How the work on one verified webhook event ended. */
export type WebhookOutcome = "processed" | "duplicate" | "ignored";
