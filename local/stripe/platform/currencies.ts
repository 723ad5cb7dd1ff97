import { invalidRequest } from "./errors.ts";
import type { Param } from "./params.ts";

/** Presentment currencies, see https://docs.stripe.com/currencies. */
const supportedCurrencies = new Set(
  (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp " +
    "cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr " +
    "isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn " +
    "myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle " +
    "sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw"
  ).split(" "),
);

const zeroDecimalCurrencies = new Set(
  "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "),
);
const threeDecimalCurrencies = new Set("bhd jod kwd omr tnd".split(" "));
/** They have whole units only, but the API writes them with two decimals. */
const wholeUnitCurrencies = new Set(["isk", "ugx"]);

/** The smallest charge, in the currency's minor unit, see https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. */
const minimumAmounts: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};

const MAXIMUM = 99_999_999;

/** A currency parameter; decodes to lower case. */
export const currency: Param<string> = {
  inner: [],
  decode(value, param) {
    const code = typeof value === "string" ? value.toLowerCase() : "";
    if (supportedCurrencies.has(code)) return code;
    throw invalidRequest(
      `Invalid currency: ${code}. Stripe currently supports these currencies: ${[...supportedCurrencies].join(", ")}`,
      { param },
    );
  },
};

/** A parameter that has a value for each of several currencies. */
export function byCurrency<T>(entry: Param<T>): Param<Readonly<Record<string, T>>> {
  return {
    inner: (entry.inner.length === 0 ? [""] : entry.inner).map((rest) => `[]${rest}`),
    decode(value, path) {
      if (typeof value === "string") throw invalidRequest("Invalid object", { param: path });
      return Object.fromEntries(
        [...value].map(([name, inner]) => {
          const param = `${path}[${name}]`;
          return [currency.decode(name, param), entry.decode(inner, param)];
        }),
      );
    },
  };
}

/** How many decimals the API's amounts have in this currency. */
export function minorUnits(code: string): number {
  if (zeroDecimalCurrencies.has(code)) return 0;
  return threeDecimalCurrencies.has(code) ? 3 : 2;
}

/** The amount as a person reads it: `formatAmount(500, "jpy")` is "¥500". */
export function formatAmount(amountMinor: number, code: string, locale = "en-US"): string {
  const digits = wholeUnitCurrencies.has(code) ? 0 : minorUnits(code);
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: code.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amountMinor / 10 ** minorUnits(code));
}

/** The smallest amount that can be charged, in the currency's minor unit; less is carried over. */
export function minimumCharge(code: string): number {
  return minimumAmounts[code] ?? 1;
}

/**
 * Refuses an amount that Stripe would not charge.
 *
 * @throws ApiError if it is less than the minimum, has more than eight digits, or a fraction that the currency does not have.
 */
export function requireChargeable(amountMinor: number, code: string): void {
  const minimum = minimumAmounts[code] ?? 0;
  if (amountMinor < minimum) {
    throw invalidRequest(
      `The Checkout Session's total amount due must add up to at least ${formatAmount(minimum, code)} ${code}`,
      { code: "amount_too_small" },
    );
  }
  if (amountMinor > MAXIMUM) {
    throw invalidRequest(`Amount must be no more than ${formatAmount(MAXIMUM, code)}`, {
      code: "amount_too_large",
    });
  }
  const step = wholeUnitCurrencies.has(code) ? 100 : minorUnits(code) === 3 ? 10 : 1;
  if (amountMinor % step !== 0) {
    throw invalidRequest(`Invalid amount: amounts in ${code} must be divisible by ${step}`, {
      code: "parameter_invalid_integer",
    });
  }
}
