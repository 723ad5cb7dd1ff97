import type { AuditFinding as Finding, AuditFindingKind as FindingKind } from "../contract/admin.ts";
import { toEntitlement } from "../credits/entitlement.ts";
import type { Payment } from "../payments/documents.ts";

/** A payment as it is stored, and as the provider's objects say that it should be. */
export interface AuditedPayment {
  paymentId: string;
  stored: Payment;
  expected: Payment;
  /** How many lines it has: each may be rounded by less than a credit. */
  lines: number;
}

/** What is wrong with the payments of one user. */
export function toFindings(userId: string, payments: readonly AuditedPayment[]): Finding[] {
  const paid = payments.filter(({ stored }) => stored.paidAt !== null);
  return [...paid.flatMap(toPaymentFindings), ...toAccountFindings(userId, paid)];
}

function toPaymentFindings({ paymentId: id, stored, expected, lines }: AuditedPayment): Finding[] {
  const { userId } = stored;
  const findings: Finding[] = [];
  const [gives, worth] = [stored.worth.creditsAmount, expected.worth.creditsAmount];
  if (Math.abs(gives - worth) > lines) {
    const kind = toWorthKind(gives, worth);
    findings.push({ kind, id, userId, found: gives, expected: worth, remedy: toWorthRemedy(id, worth) });
  }
  const [takes, taken] = [stored.creditsTaken ?? 0, expected.creditsTaken ?? 0];
  if (taken - takes > lines) {
    const remedy = `Set creditsTaken of payments/${id} to ${taken}; the credits are taken at once`;
    findings.push({ kind: "credits_not_taken", id, userId, found: takes, expected: taken, remedy });
  }
  return findings;
}

function toWorthKind(gives: number, worth: number): FindingKind {
  if (gives > worth) return "payment_above_worth";
  return gives === 0 ? "worth_unknown" : "payment_below_worth";
}

function toWorthRemedy(id: string, worth: number): string {
  const unless = "Unless its prices were worth that when it was paid";
  return `${unless}, set creditsAmount of payments/${id} to ${worth}; the difference is booked at once`;
}

function toAccountFindings(userId: string, payments: readonly AuditedPayment[]): Finding[] {
  const found = payments.reduce((sum, { stored }) => sum + toGiven(stored), 0);
  const expected = payments.reduce((sum, { expected: payment }) => sum + toGiven(payment), 0);
  const tolerance = payments.reduce((sum, { lines }) => sum + lines, 0);
  if (found - expected <= tolerance) return [];
  const remedy =
    "Correct the payments that are listed; the rest is for money that went back unseen, and can be spent with ./server";
  return [{ kind: "account_above_law", id: userId, userId, found, expected, remedy }];
}

/** What a payment gives by now, less what it takes. */
function toGiven(payment: Payment): number {
  const { credits, taken = 0 } = toEntitlement(payment);
  return credits - taken;
}
