export const currencies = ["usd", "eur", "jpy", "krw"] as const;
export type Currency = (typeof currencies)[number];

/** What is sold. Amounts are minor units for one unit, in each currency; credits are for one unit and one period. */
export interface WorldPrice {
  priceId: string;
  productId: string;
  interval: "month" | "year" | null;
  amounts: Record<Currency, number>;
  credits: number;
  /** For a one-time price: how often one user may have it for free. */
  freeTimes: number;
}

const free = { usd: 0, eur: 0, jpy: 0, krw: 0 };
const small = { usd: 1_900, eur: 1_700, jpy: 2_800, krw: 25_000 };

const list: WorldPrice[] = [
  { ...monthly("small"), amounts: small, credits: 500 },
  { ...monthly("large"), amounts: { usd: 3_800, eur: 3_400, jpy: 5_600, krw: 50_000 }, credits: 1_000 },
  {
    ...monthly("large"),
    priceId: "price_year",
    interval: "year",
    amounts: { usd: 38_000, eur: 34_000, jpy: 56_000, krw: 500_000 },
    credits: 12_000,
  },
  { ...monthly("free"), amounts: free, credits: 50 },
  { ...monthly("plain"), amounts: small, credits: 0 },
  { ...once("pack"), amounts: { usd: 900, eur: 800, jpy: 1_300, krw: 12_000 }, credits: 300 },
  { ...once("gift"), amounts: free, credits: 20 },
  { ...once("sample"), amounts: free, credits: 20, freeTimes: 3 },
];

export const prices: ReadonlyMap<string, WorldPrice> = new Map(list.map((price) => [price.priceId, price]));
export const planIds = list.filter(({ interval }) => interval !== null).map(({ priceId }) => priceId);
export const onceIds = list.filter(({ interval }) => interval === null).map(({ priceId }) => priceId);

export function requirePrice(priceId: string): WorldPrice {
  const price = prices.get(priceId);
  if (!price) throw new Error(`There is no price "${priceId}"`);
  return price;
}

function monthly(name: string) {
  return { priceId: `price_${name}`, productId: `prod_${name}`, interval: "month" as const, freeTimes: 1 };
}

function once(name: string) {
  return { ...monthly(name), interval: null };
}
