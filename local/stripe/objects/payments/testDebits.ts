import type { Stripe } from "stripe";

/** An account that Stripe has for tests, and how a debit from it ends. */
export interface TestDebit {
  iban: string;
  outcome: "succeeded" | "failed";
  afterSeconds: number;
}

const DELAY = 3 * 60;

/** Some of the accounts at https://docs.stripe.com/testing#sepa-direct-debit, which has the same ones for other countries. */
const testDebits: readonly TestDebit[] = [
  { iban: "AT611904300234573201", outcome: "succeeded", afterSeconds: 0 },
  { iban: "AT321904300235473204", outcome: "succeeded", afterSeconds: DELAY },
  { iban: "AT861904300235473202", outcome: "failed", afterSeconds: 0 },
  { iban: "AT051904300235473205", outcome: "failed", afterSeconds: DELAY },
  { iban: "DE89370400440532013000", outcome: "succeeded", afterSeconds: 0 },
  { iban: "DE62370400440532013001", outcome: "failed", afterSeconds: 0 },
];

const byIban = new Map(testDebits.map((debit) => [debit.iban, debit]));
const byFingerprint = new Map(testDebits.map((debit) => [debitFingerprint(debit), debit]));

export function readIban(text: string): TestDebit | undefined {
  return byIban.get(text.replaceAll(/\s/g, "").toUpperCase());
}

export function debitFingerprint({ iban }: TestDebit): string {
  return `fp${iban.slice(-14)}`;
}

/** The test account a payment method was made from. */
export function testDebitOf({ sepa_debit: account }: Stripe.PaymentMethod): TestDebit | undefined {
  return byFingerprint.get(account?.fingerprint ?? "");
}
