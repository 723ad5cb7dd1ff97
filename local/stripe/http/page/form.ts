import { readCard } from "../../objects/payments/cards.ts";
import type { Payer } from "../../objects/payments/paymentMethods.ts";
import type { PayWith } from "../../operations/payments/keepCard.ts";
import type { Form } from "../../platform/params.ts";

/** What the buyer typed, to be shown again if something is wrong with it. */
export interface Entered {
  method: "card" | "bank_debit";
  email: string;
  name: string;
  card: string;
  expiry: string;
  cvc: string;
}

export type FieldName = "email" | "name" | "card" | "expiry" | "cvc";
export type FieldErrors = Partial<Record<FieldName, string>>;

export const nothingEntered: Entered = {
  method: "card",
  email: "",
  name: "",
  card: "",
  expiry: "",
  cvc: "",
};

/** `?card=…` fills the form with a test card and details that go with it. */
export function prefilled(url: URL): Entered {
  const number = url.searchParams.get("card") ?? "";
  const read = readCard(number);
  if (!("card" in read)) return nothingEntered;
  return {
    method: "card",
    email: "buyer@example.com",
    name: "Jenny Rosen",
    card: read.card.number.replaceAll(/(.{4})(?=.)/g, "$1 "),
    expiry: "12 / 34",
    cvc: read.card.brand === "amex" ? "1234" : "123",
  };
}

/** The posted payment form as text; what is missing is empty. */
export function readEntered(form: Form): Entered {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim().slice(0, 512) : "";
  };
  return {
    method: text("method") === "bank_debit" ? "bank_debit" : "card",
    email: text("email"),
    name: text("name"),
    card: text("card"),
    expiry: text("expiry"),
    cvc: text("cvc"),
  };
}

/** What to pay with, or what is wrong with which field. */
export type Validated =
  { outcome: "valid"; payWith: PayWith; payer: Payer } | { outcome: "invalid"; errors: FieldErrors };

/** Checks the form as the page does before anything is sent to a bank. */
export function validate(
  entered: Entered,
  sale: { free: boolean; knownEmail: string | null; nowMs: number },
): Validated {
  const expiry = readExpiry(entered.expiry);
  const byCard = !sale.free && entered.method === "card";
  const errors = {
    ...(sale.knownEmail === null &&
      !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(entered.email) && {
        email: "Enter an email address, such as you@example.com",
      }),
    ...(byCard && cardErrors(entered, expiry, sale.nowMs)),
  };
  if (Object.keys(errors).length > 0) return { outcome: "invalid", errors };
  const payWith: PayWith =
    entered.method === "card"
      ? { method: "card", number: entered.card, month: expiry?.month ?? 12, year: expiry?.year ?? 2099 }
      : { method: "bank_debit" };
  return {
    outcome: "valid",
    payWith,
    payer: { email: sale.knownEmail ?? entered.email, name: entered.name === "" ? null : entered.name },
  };
}

function cardErrors(entered: Entered, expiry: Expiry | undefined, nowMs: number): FieldErrors {
  return {
    ...(entered.card === "" && { card: "Enter the card number" }),
    ...(expiry === undefined && { expiry: "Enter the expiry date as MM / YY" }),
    ...(expiry !== undefined &&
      isPast(expiry, nowMs) && { expiry: "Your card's expiration date is in the past" }),
    ...(!/^\d{3,4}$/.test(entered.cvc) && { cvc: "Enter the 3 or 4 digits" }),
    ...(entered.name === "" && { name: "Enter the name on the card" }),
  };
}

interface Expiry {
  month: number;
  year: number;
}

function readExpiry(text: string): Expiry | undefined {
  const match = /^(0?[1-9]|1[0-2])\s*[/-]?\s*(?:20)?(\d{2})$/.exec(text);
  return match === null ? undefined : { month: Number(match[1]), year: 2000 + Number(match[2]) };
}

function isPast({ month, year }: Expiry, nowMs: number): boolean {
  const now = new Date(nowMs);
  return year * 12 + month < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
}
