import type { Stripe } from "stripe";
import { cardNamed } from "../../objects/payments/cards.ts";
import { cardInstrument, ibanInstrument, type Instrument } from "../../objects/payments/instruments.ts";
import type { Payer } from "../../objects/payments/paymentMethods.ts";
import { readIban } from "../../objects/payments/testDebits.ts";
import { addressParam, toAddress } from "../../platform/address.ts";
import { invalidRequest, missingObject, missingParameter } from "../../platform/errors.ts";
import { mergeMetadata, metadata } from "../../platform/metadata.ts";
import { email, emptyable, object, oneOf, string, type Decoded } from "../../platform/params.ts";
import type { Context } from "../context/context.ts";

/** What a new payment method takes, see https://docs.stripe.com/api/payment_methods/create. Card numbers are for the page. */
export const createMethodFields = {
  type: oneOf("card", "sepa_debit"),
  card: object({ token: string() }),
  sepa_debit: object({ iban: string() }),
  billing_details: object({
    address: emptyable(addressParam),
    email: emptyable(email),
    name: emptyable(string()),
    phone: emptyable(string()),
  }),
  metadata,
};

type Params = Decoded<typeof createMethodFields>;

/** Makes a payment method of a test card's token or a test account's IBAN; it belongs to nobody yet. */
export function createMethod({ store, clock }: Context, params: Params): Stripe.PaymentMethod {
  const { email: mail, name, phone, address } = params.billing_details ?? {};
  const payer = {
    email: mail ?? null,
    name: name ?? null,
    phone: phone ?? null,
    address: toAddress(address),
  };
  const { paymentMethod } = toInstrument(params, payer, clock.now());
  return store.paymentMethods.insert({
    ...paymentMethod,
    metadata: mergeMetadata({}, params.metadata),
  });
}

function toInstrument(params: Params, payer: Payer, now: number): Instrument {
  if (params.type === undefined) throw missingParameter("type");
  if (params.type === "card") {
    const token = params.card?.token;
    if (token === undefined) throw missingParameter("card[token]");
    const card = token.startsWith("tok_") ? cardNamed(token.slice(4)) : undefined;
    if (card === undefined) throw missingObject("token", token, "card[token]");
    return cardInstrument(card, payer, expiry(now));
  }
  const iban = params.sepa_debit?.iban;
  if (iban === undefined) throw missingParameter("sepa_debit[iban]");
  for (const name of ["email", "name"] as const) {
    if (payer[name] === null) throw missingParameter(`billing_details[${name}]`);
  }
  const debit = readIban(iban);
  if (debit !== undefined) return ibanInstrument(debit, payer, now);
  throw invalidRequest("Local Stripe knows only test accounts, see https://docs.stripe.com/testing.", {
    code: "invalid_bank_account_iban",
    param: "sepa_debit[iban]",
  });
}

/** The card's validity that the test cards of the API have. */
export function expiry(now: number): { month: number; year: number; now: number } {
  return { month: 12, year: new Date(now * 1000).getUTCFullYear() + 3, now };
}
