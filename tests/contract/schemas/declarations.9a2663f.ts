/*
 * What the callables took and answered at commit 9a2663f, before the contract was written as types. `calls.test.ts`
 * compares them with the contract; nothing else imports them.
 */

type PaymentStatus =
  | "pending"
  | "succeeded"
  | "failed"
  | "canceled"
  | "partially_refunded"
  | "refunded"
  | "disputed"
  | "charged_back";

type SessionStatus = "created" | "expired" | "processing" | "failed" | "completed";

type NoInput = Record<string, never> | null | undefined;

type PlanChangeInput = { subscriptionId?: string | undefined } | null | undefined;

interface PlanResult {
  subscriptionId: string;
  status: string;
  cancelAtPeriodEnd: boolean;
  cancelAt: string | null;
  currentPeriodEnd: string | null;
  droppedChange?: { productId: string | null; priceId: string | null; quantity: number; at: string };
}

interface Tally {
  seen: number;
  repaired: number;
  failed: number;
}

export interface DeclaredFunctions {
  createPaymentSession: {
    input: {
      productId: string;
      provider?: string | undefined;
      priceId?: string | undefined;
      quantity?: number | undefined;
      successUrl?: string | undefined;
      cancelUrl?: string | undefined;
      requestId?: string | undefined;
    };
    result: { sessionId: string; url: string; expiresAt: string; provider: string };
  };
  verifyPayment: {
    input: string | { sessionId: string; provider?: string | undefined };
    result: {
      success: boolean;
      status: SessionStatus | PaymentStatus;
      sessionId: string;
      paymentId: string | null;
      provider: string;
      amount: number;
      currency: string;
      creditsAmount: number;
      credits: "granted" | "pending" | "none";
    };
  };
  createPortalSession: {
    input: { returnUrl?: string | undefined; provider?: string | undefined } | null | undefined;
    result: { url: string };
  };
  cancelSubscription: { input: PlanChangeInput; result: PlanResult };
  resumeSubscription: { input: PlanChangeInput; result: PlanResult };
  refundPayment: {
    input: { paymentId: string; amount?: number | undefined; requestId: string };
    result: {
      paymentId: string;
      status: PaymentStatus;
      amount: number;
      amountRefunded: number;
      currency: string;
    };
  };
  runReconciliation: {
    input: NoInput;
    result: {
      events: Tally;
      sessions: Tally;
      inbox: Tally;
      credits: Tally;
      deletions: Tally;
      complete: boolean;
    };
  };
  redriveEvent: {
    input: { eventId: string; provider?: string | undefined };
    result: {
      eventId: string;
      type: string;
      outcome: "processed" | "duplicate" | "ignored";
      paymentId: string | null;
    };
  };
  grantCredits: {
    input: {
      userId: string;
      amount: number;
      key: string;
      reason: string;
      note?: string | undefined;
      expiresAt?: string | undefined;
    };
    result: {
      grantId: string;
      amount: number;
      seq: number;
      balanceAfter: number;
      availableCredits: number;
      repeated: boolean;
    };
  };
}
