/**
 * Decimals of the amounts' minor units, as the provider counts them: Intl's own numbers follow local habits and differ
 * for a dozen currencies (RSD, ISK …).
 *
 * @see https://docs.stripe.com/currencies
 */
const zeroDecimal = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "));
const threeDecimal = new Set("bhd jod kwd omr tnd".split(" "));
/** Currencies that people count in whole units, although amounts have two decimals. */
const wholeUnits = new Set(["isk", "ugx"]);

/** Writes an amount of minor units for people: 500 "eur" is "€5.00", 500 "jpy" is "¥500". */
export function formatMoney(amountMinor: number, currency: string, locale?: string): string {
  const decimals = toDecimals(currency);
  const digits = wholeUnits.has(currency) ? 0 : decimals;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amountMinor / 10 ** decimals);
}

function toDecimals(currency: string): number {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat().format(value);
}

/** "1 credit", "1,000 credits". */
export function formatCredits(count: number): string {
  return formatCount(count, "credit");
}

/** "1 day", "365 days": English, regular plurals. */
export function formatCount(count: number, unit: string): string {
  return `${formatNumber(count)} ${Math.abs(count) === 1 ? unit : `${unit}s`}`;
}

export function formatDay(date: Date): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(date);
}

export function formatMoment(date: Date): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(date);
}
