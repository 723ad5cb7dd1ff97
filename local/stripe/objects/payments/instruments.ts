import type { Stripe } from "stripe";
import type { BankDebit } from "./bankDebits.ts";
import { cardOf, fingerprintOf, type TestCard } from "./cards.ts";
import { debitFingerprint, type TestDebit } from "./testDebits.ts";
import { newPaymentMethod, type Payer } from "./paymentMethods.ts";

/** A payment method and how it appears on a charge made with it. */
export interface Instrument {
  paymentMethod: Stripe.PaymentMethod;
  details: Stripe.Charge.PaymentMethodDetails;
}

/** A card, as the buyer entered it. */
export function cardInstrument(
  card: TestCard,
  payer: Payer,
  expiry: { month: number; year: number; now: number },
): Instrument {
  const { brand, funding } = card;
  const checks = {
    address_line1_check: null,
    address_postal_code_check: null,
    cvc_check: card.decline?.code === "incorrect_cvc" ? "fail" : "pass",
  };
  const known = {
    brand,
    checks,
    country: "US",
    exp_month: expiry.month,
    exp_year: expiry.year,
    fingerprint: fingerprintOf(card),
    funding,
    last4: card.number.slice(-4),
    regulated_status: "unregulated",
    wallet: null,
  };
  return {
    paymentMethod: {
      ...newPaymentMethod("card", payer, expiry.now),
      card: {
        ...known,
        display_brand: brand,
        generated_from: null,
        networks: { available: [brand], preferred: null },
        three_d_secure_usage: { supported: true },
      },
    },
    details: {
      type: "card",
      card: {
        ...known,
        amount_authorized: null,
        authorization_code: null,
        electronic_commerce_indicator: null,
        installments: null,
        mandate: null,
        network: brand,
        network_token: { used: false },
        network_transaction_id: null,
        three_d_secure: null,
        transaction_link_id: null,
      },
    },
  };
}

/** A bank account that is debited later. */
export function bankInstrument(type: BankDebit, payer: Payer, now: number): Instrument {
  const { method, details } = bankAccounts[type];
  return {
    paymentMethod: { ...newPaymentMethod(type, payer, now), ...method },
    details: { type, ...details },
  };
}

/** A test bank account, by its IBAN. */
export function ibanInstrument(debit: TestDebit, payer: Payer, now: number): Instrument {
  const { paymentMethod } = bankInstrument("sepa_debit", payer, now);
  const { iban } = debit;
  const account = {
    ...sepaDebit,
    country: iban.slice(0, 2),
    fingerprint: debitFingerprint(debit),
    last4: iban.slice(-4),
  };
  return savedInstrument({ ...paymentMethod, sepa_debit: { ...account, generated_from: null } }, now);
}

/** A payment method that was made before, and how it appears on a charge that is made now. */
export function savedInstrument(paymentMethod: Stripe.PaymentMethod, now: number): Instrument {
  const { card: shown, sepa_debit: account, billing_details: payer } = paymentMethod;
  const card = cardOf(paymentMethod);
  if (shown !== undefined && card !== undefined) {
    const expiry = { month: shown.exp_month, year: shown.exp_year, now };
    return { paymentMethod, details: cardInstrument(card, payer, expiry).details };
  }
  if (account === undefined) throw new Error(`Cannot charge "${paymentMethod.id}": it has no test account`);
  const { bank_code, branch_code, country, fingerprint, last4 } = account;
  const debited = { bank_code, branch_code, country, fingerprint, last4, mandate: null };
  return { paymentMethod, details: { type: "sepa_debit", sepa_debit: debited } };
}

const knownAccount = { fingerprint: "kZ7rQ2xLw81bTn5v", last4: "6789" };
const usBankAccount = {
  ...knownAccount,
  account_holder_type: "individual",
  account_type: "checking",
  bank_name: "STRIPE TEST BANK",
  routing_number: "110000000",
};
const sepaDebit = { ...knownAccount, bank_code: "37040044", branch_code: "", country: "DE" };
const bacsDebit = { ...knownAccount, sort_code: "108800" };

/** The test account of each bank debit, as a payment method has it and as a charge has it. */
const bankAccounts: Readonly<
  Record<
    BankDebit,
    {
      method: Partial<Stripe.PaymentMethod>;
      details: Omit<Stripe.Charge.PaymentMethodDetails, "type">;
    }
  >
> = {
  us_bank_account: {
    method: {
      us_bank_account: {
        ...usBankAccount,
        financial_connections_account: null,
        networks: null,
        status_details: null,
      },
    },
    details: { us_bank_account: { ...usBankAccount, payment_reference: null } },
  },
  sepa_debit: {
    method: { sepa_debit: { ...sepaDebit, generated_from: null } },
    details: { sepa_debit: { ...sepaDebit, mandate: null } },
  },
  bacs_debit: {
    method: { bacs_debit: bacsDebit },
    details: { bacs_debit: { ...bacsDebit, mandate: null } },
  },
};
