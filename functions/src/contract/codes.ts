/** A checkout's states by rank: a state never gives way to one of a lower rank that arrives later. */
export const sessionStatuses = ["created", "expired", "processing", "failed", "completed"] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

export const paymentStatuses = [
  "pending",
  "succeeded",
  "failed",
  "canceled",
  "partially_refunded",
  "refunded",
  "disputed",
  "charged_back",
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

export const checkoutModes = ["payment", "subscription"] as const;
export type CheckoutMode = (typeof checkoutModes)[number];

export const refundStates = ["pending", "succeeded", "failed"] as const;
export type RefundState = (typeof refundStates)[number];

/** By rank: of two states at the same moment, the one of the higher rank counts. */
export const disputeStates = ["warning", "open", "warning_closed", "won", "lost"] as const;
export type DisputeState = (typeof disputeStates)[number];

/** By rank: a note that was once void is never issued again. */
export const creditNoteStates = ["issued", "void"] as const;
export type CreditNoteState = (typeof creditNoteStates)[number];

export const priceTypes = ["one_time", "recurring"] as const;
export type PriceType = (typeof priceTypes)[number];

export const priceIntervals = ["day", "week", "month", "year"] as const;
export type PriceInterval = (typeof priceIntervals)[number];

/** `frozen`: its payment is disputed; `used`: nothing remains; `revoked`: its payment entitles to nothing. */
export const grantStatuses = ["active", "used", "revoked", "expired", "frozen"] as const;
export type GrantStatus = (typeof grantStatuses)[number];

export const holdStatuses = ["open", "captured", "released", "expired"] as const;
export type HoldStatus = (typeof holdStatuses)[number];

/** Whether a payment's credits are in the user's account: `pending` for the moment between payment and booking. */
export type CreditsState = "granted" | "pending" | "none";

/** How the work on one verified webhook event ended. */
export type WebhookOutcome = "processed" | "duplicate" | "ignored";

/** Why a request is refused. Every edge maps each code to its own answer. */
export type GatewayErrorCode =
  | "unauthenticated"
  | "invalid_argument"
  | "permission_denied"
  | "not_found"
  | "failed_precondition"
  | "resource_exhausted"
  | "unavailable";
