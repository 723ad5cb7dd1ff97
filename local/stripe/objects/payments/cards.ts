import type { Stripe } from "stripe";

/** Why a card is refused, in the words of Stripe's error, see https://docs.stripe.com/declines/codes. */
export interface Decline {
  code: string;
  declineCode?: string;
  message: string;
}

/** What the card's bank does after a payment, or when it is refunded. */
export type Aftermath =
  | { kind: "dispute"; reason: string; inquiry: boolean }
  | { kind: "fraud_warning" }
  | { kind: "refund"; ends: "later" | "failing" };

/** One of Stripe's test cards, see https://docs.stripe.com/testing. */
export interface TestCard {
  number: string;
  brand: string;
  funding: "credit" | "debit";
  /** Absent for a card that pays. */
  decline?: Decline;
  /** It can be saved for a customer, and is declined only when it is charged. */
  attaches?: true;
  aftermath?: Aftermath;
}

const DECLINED = "Your card was declined.";

export const testCards: readonly TestCard[] = [
  pays("4242424242424242", "visa"),
  pays("4000056655665556", "visa", "debit"),
  pays("5555555555554444", "mastercard"),
  pays("5200828282828210", "mastercard", "debit"),
  pays("378282246310005", "amex"),
  pays("6011111111111117", "discover"),
  pays("3056930009020004", "diners"),
  pays("3566002020360505", "jcb"),
  pays("6200000000000005", "unionpay"),
  then("4000000000000259", { kind: "dispute", reason: "fraudulent", inquiry: false }),
  then("4000000000002685", { kind: "dispute", reason: "product_not_received", inquiry: false }),
  then("4000000000001976", { kind: "dispute", reason: "fraudulent", inquiry: true }),
  then("4000000000005423", { kind: "fraud_warning" }),
  then("4000000000007726", { kind: "refund", ends: "later" }),
  then("4000000000005126", { kind: "refund", ends: "failing" }),
  declines("4000000000000002", "generic_decline", DECLINED),
  declines("4000000000009995", "insufficient_funds", "Your card has insufficient funds."),
  declines("4000000000009987", "lost_card", DECLINED),
  declines("4000000000009979", "stolen_card", DECLINED),
  declines(
    "4000000000006975",
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
  ),
  { ...declines("4000000000000341", "generic_decline", DECLINED), attaches: true },
  refuses("4000000000000069", "expired_card", "Your card has expired."),
  refuses("4000000000000127", "incorrect_cvc", "Your card's security code is incorrect."),
  refuses(
    "4000000000000119",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
  ),
];

/** Identifies a card whatever it is attached to: the same number has the same fingerprint. */
export function fingerprintOf({ number }: TestCard): string {
  return `fp${number.slice(-14)}`;
}

const cardsByFingerprint = new Map(testCards.map((card) => [fingerprintOf(card), card]));

/** The test card a payment method was made from. */
export function cardOf({ card }: Stripe.PaymentMethod): TestCard | undefined {
  return cardsByFingerprint.get(card?.fingerprint ?? "");
}

/** The test card a charge was made with. */
export function cardOfCharge({ payment_method_details: details }: Stripe.Charge): TestCard | undefined {
  return cardsByFingerprint.get(details?.card?.fingerprint ?? "");
}

/** The test card that Stripe's API knows by this name: `visa` of `pm_card_visa` and `tok_visa`. */
export function cardNamed(name: string): TestCard | undefined {
  return cardsByNumber.get(numbersByName[name] ?? "");
}

/** Source: https://docs.stripe.com/testing, "Tokens" and "PaymentMethods". */
const numbersByName: Readonly<Record<string, string>> = {
  visa: "4242424242424242",
  visa_debit: "4000056655665556",
  mastercard: "5555555555554444",
  mastercard_debit: "5200828282828210",
  amex: "378282246310005",
  discover: "6011111111111117",
  diners: "3056930009020004",
  jcb: "3566002020360505",
  unionpay: "6200000000000005",
  createDispute: "4000000000000259",
  createDisputeProductNotReceived: "4000000000002685",
  createDisputeInquiry: "4000000000001976",
  visa_chargeDeclined: "4000000000000002",
  visa_chargeDeclinedInsufficientFunds: "4000000000009995",
  visa_chargeDeclinedLostCard: "4000000000009987",
  visa_chargeDeclinedStolenCard: "4000000000009979",
  chargeDeclinedExpiredCard: "4000000000000069",
  chargeDeclinedProcessingError: "4000000000000119",
  chargeCustomerFail: "4000000000000341",
};

const cardsByNumber = new Map(testCards.map((card) => [card.number, card]));

function pays(number: string, brand: string, funding: TestCard["funding"] = "credit"): TestCard {
  return { number, brand, funding };
}

function then(number: string, aftermath: Aftermath): TestCard {
  return { ...pays(number, "visa"), aftermath };
}

function declines(number: string, declineCode: string, message: string): TestCard {
  return { ...pays(number, "visa"), decline: { code: "card_declined", declineCode, message } };
}

function refuses(number: string, code: string, message: string): TestCard {
  return { ...pays(number, "visa"), decline: { code, message } };
}

/**
 * The test card with this number, spaces and dashes aside. A wrong check digit or length gives the error Stripe shows
 * before it asks a bank; any other number is no test card.
 */
export function readCard(text: string): { card: TestCard } | { invalid: Decline } {
  const number = text.replaceAll(/[\s-]/g, "");
  const card = cardsByNumber.get(number);
  if (card !== undefined) return { card };
  if (!/^\d{12,19}$/.test(number) || !hasCheckDigit(number)) {
    return { invalid: { code: "incorrect_number", message: "Your card number is incorrect." } };
  }
  return {
    invalid: {
      code: "card_declined",
      declineCode: "live_mode_test_card",
      message: "Your card was declined. Your request was in test mode, but used a non test card.",
    },
  };
}

/** Luhn's check. */
function hasCheckDigit(number: string): boolean {
  const sum = number
    .split("")
    .toReversed()
    .reduce((total, digit, place) => {
      const value = place % 2 === 0 ? Number(digit) : Number(digit) * 2;
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}
