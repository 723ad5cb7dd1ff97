export type BankDebit = "us_bank_account" | "sepa_debit" | "bacs_debit";

/** The bank debit the stand-in account offers for a currency; it settles later. */
const bankDebits: Readonly<Record<string, BankDebit>> = {
  usd: "us_bank_account",
  eur: "sepa_debit",
  gbp: "bacs_debit",
};

/** The bank debit for a currency, if there is one. */
export function bankDebitFor(currency: string): BankDebit | undefined {
  return bankDebits[currency];
}
