import type { Stripe } from "stripe";
import { exactly, join } from "../range.ts";
import type { Range } from "../types.ts";
import { toId, type Merchant } from "./pages.ts";

/** A price as the law needs it. */
export interface LawPrice {
  productId: string;
  /** Credits for one unit, as the provider says now, on the price or else on its product; or as its product said before. */
  credits: Range;
  /** Minor units of one unit in the currency that was asked for; 0 if it has none. */
  unitAmount: number;
  recurring: { interval: Stripe.Price.Recurring.Interval; count: number } | undefined;
  freeTimes: number;
}

/** Reads each price once. */
export class LawPrices {
  readonly #stripe: Stripe;
  readonly #formerCredits: ReadonlyMap<string, readonly number[]>;
  readonly #prices = new Map<string, Promise<LawPrice>>();

  constructor({ stripe }: Merchant, formerCredits: ReadonlyMap<string, readonly number[]> = new Map()) {
    this.#stripe = stripe;
    this.#formerCredits = formerCredits;
  }

  async read(priceId: string, currency: string): Promise<LawPrice> {
    const key = `${priceId} ${currency}`;
    const known = this.#prices.get(key) ?? this.#fetch(priceId, currency);
    this.#prices.set(key, known);
    return await known;
  }

  async #fetch(priceId: string, currency: string): Promise<LawPrice> {
    const price = await this.#stripe.prices.retrieve(priceId, { expand: ["product"] });
    const { product, metadata, recurring } = price;
    const ofProduct = typeof product === "object" && !product.deleted ? product.metadata : {};
    const read = (name: string): number | undefined => toWhole(metadata[name]) ?? toWhole(ofProduct[name]);
    const productId = toId(product);
    const former = this.#formerCredits.get(productId) ?? [];
    return {
      productId,
      credits: former.map(exactly).reduce(join, exactly(read("creditsAmount") ?? 0)),
      unitAmount: (await this.#readAmount(price, currency)) ?? 0,
      recurring: recurring ? { interval: recurring.interval, count: recurring.interval_count } : undefined,
      freeTimes: read("freeTimes") ?? 1,
    };
  }

  async #readAmount(price: Stripe.Price, currency: string): Promise<number | null | undefined> {
    if (price.currency === currency) return price.unit_amount;
    const expanded = await this.#stripe.prices.retrieve(price.id, { expand: ["currency_options"] });
    return expanded.currency_options?.[currency]?.unit_amount;
  }
}

function toWhole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/**
 * What a unit was worth when it was sold: what the order says, if it is of that price, and what the provider says now. If a
 * product's worth was changed meanwhile, the law leaves open which of the two counts.
 */
export function toWorthPerUnit(
  { credits }: LawPrice,
  priceId: string,
  order: Stripe.Metadata | null | undefined,
): Range {
  const ordered = toWhole(order?.["creditsAmount"]);
  const quantity = toWhole(order?.["quantity"]) ?? 1;
  const isOrdered = order?.["priceId"] === priceId && ordered !== undefined && quantity > 0;
  return isOrdered ? join(credits, exactly(ordered / quantity)) : credits;
}
