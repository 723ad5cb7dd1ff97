import { parseMetadata, type Issuer } from "../../../functions/src/adapters/metadata.ts";
import type { Checkout, PaymentNews } from "../../../functions/src/adapters/paymentAdapter.ts";
import { noFacts } from "../../../functions/src/model/facts.ts";
import type { PaymentFacts } from "../../../functions/src/contract/documents.ts";
import type { SessionStatus } from "../../../functions/src/contract/codes.ts";
import type { OrchardOrder, returnSchema } from "./api.ts";
import { toMinorUnits } from "./money.ts";
import type { z } from "zod";

type RefundFact = PaymentFacts["refunds"][string];
type DisputeFact = PaymentFacts["disputes"][string];

/** An order that is approved waits for us: nothing has happened to it yet. */
const sessionStatuses: Record<string, SessionStatus> = {
  OPEN: "created",
  APPROVED: "created",
  CLEARING: "processing",
  PAID: "completed",
  DECLINED: "failed",
  LAPSED: "expired",
};
const disputeStates: Record<string, DisputeFact["state"]> = { UPHELD: "lost", REJECTED: "won" };

/** The order as kept in the note; a note of another kind is none of ours. */
export function readNote({ note }: OrchardOrder, issuer: Issuer) {
  return parseMetadata(toRecord(note), issuer);
}

/** An order of ours as news. */
export function toNews(order: OrchardOrder, issuer: Issuer): PaymentNews {
  const parsed = readNote(order, issuer);
  const { payment, approved_at: approvedAt } = order;
  return {
    order: parsed.outcome === "order" ? parsed.order : undefined,
    orderSubtotal: parsed.outcome === "order" ? parsed.subtotal : undefined,
    checkout: toCheckout(order),
    sessionStatus: sessionStatuses[order.state] ?? "processing",
    ...(order.state === "APPROVED" && approvedAt !== null && { approvedAt: new Date(approvedAt) }),
    ...(payment && {
      paymentKey: payment.id,
      payment: { key: payment.id, facts: toFacts(order), providerData: { paymentId: payment.id } },
    }),
    metadata: toRecord(order.note),
  };
}

export function toCheckout(order: OrchardOrder): Checkout {
  return {
    sessionId: order.id,
    mode: "payment",
    amount: toMinorUnits(order.total),
    subtotal: toMinorUnits(order.total),
    currency: order.total.currency.toLowerCase(),
    url: order.page,
    successUrl: order.return_to,
    cancelUrl: order.cancel_to,
    expiresAt: new Date(order.approve_before),
    providerData: {},
  };
}

export function toRefundFact(made: z.output<typeof returnSchema>): RefundFact {
  return {
    state: made.state === "BOUNCED" ? "failed" : "succeeded",
    amount: toMinorUnits(made.amount),
    at: new Date(made.at),
    ...(made.reference !== null && { requestId: made.reference }),
  };
}

function toFacts({ payment, returns, objections }: OrchardOrder): PaymentFacts {
  const refunds = Object.fromEntries(returns.map((made) => [made.id, toRefundFact(made)]));
  const disputes = Object.fromEntries(
    objections.map(({ id, state, amount, changed_at: at }): [string, DisputeFact] => [
      id,
      { state: disputeStates[state] ?? "open", amount: toMinorUnits(amount), at: new Date(at) },
    ]),
  );
  return { ...noFacts, ...(payment && toMoneyFact(payment)), refunds, disputes };
}

function toMoneyFact(payment: NonNullable<OrchardOrder["payment"]>): Pick<PaymentFacts, "paid" | "failed"> {
  const at = new Date(payment.at);
  const { state, reason, amount } = payment;
  if (state === "DONE") {
    return { paid: { amount: toMinorUnits(amount), currency: amount.currency.toLowerCase(), at } };
  }
  return state === "REFUSED" ? { failed: { reason: reason?.toLowerCase() ?? "refused", at } } : {};
}

function toRecord(note: string): Record<string, string> {
  try {
    const entries = Object.entries(JSON.parse(note));
    return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  } catch {
    return {};
  }
}
