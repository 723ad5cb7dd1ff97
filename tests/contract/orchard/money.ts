import type { Money } from "./objects.ts";

/** Minor units from Orchard's decimal: as many places as the currency has (ISO 4217, as Intl knows it). */
export function toMinorUnits({ value, currency }: Money): number {
  const [whole = "", fraction = ""] = value.split(".");
  const places = toPlaces(currency);
  if (fraction.length > places) throw new Error(`Cannot read ${value} ${currency}: too many places`);
  return Number(whole + fraction.padEnd(places, "0"));
}

export function toMoney(amountMinor: number, currency: string): Money {
  const places = toPlaces(currency);
  const digits = String(amountMinor).padStart(places + 1, "0");
  const value = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return { value, currency: currency.toUpperCase() };
}

function toPlaces(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
  }).resolvedOptions();
  return maximumFractionDigits ?? 2;
}
