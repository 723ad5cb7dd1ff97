import type { ProviderPrice, ProviderProduct } from "../adapters/paymentAdapter.ts";
import { hasWorth } from "../model/worth.ts";
import type { Product, ProductPrice } from "./documents.ts";
import { DEFAULT_FREE_TIMES, parseMaxQuantity, parseTerms, type Terms } from "./terms.ts";

/** A document holds at most 1 MiB; a product with more such prices needs no longer list to be looked at. */
const MAX_REASONS = 500;

/** What of a product is for sale; undefined if nothing is. `withheld`: why its other active prices are not, by their id. */
export interface Offer {
  onSale: Pick<Product, "worth" | "maxQuantity" | "defaultPriceId" | "prices"> | undefined;
  withheld: Record<string, string>;
}

/**
 * The default price is for sale, and each active price whose own metadata says what it is worth. Other prices are not:
 * one made for a single customer, or for a year, would otherwise buy what the default price buys. A product that says
 * nowhere what it is worth is not ours, and nothing is said about it.
 */
export function toOffer(found: ProviderProduct): Offer {
  if (!isOurs(found)) return { onSale: undefined, withheld: {} };
  const maxQuantity = parseMaxQuantity(found.metadata);
  const judged = Object.entries(found.prices)
    .filter(([, { active }]) => active)
    .map(([priceId, price]) => [priceId, price, toTerms(found, priceId, price)] as const);
  const prices = judged.flatMap(([priceId, price, terms]): [string, SoldPrice][] =>
    typeof terms === "string" ? [] : [[priceId, toPrice(price, terms, maxQuantity)]],
  );
  const reasons = judged.flatMap(([priceId, , terms]) =>
    typeof terms === "string" ? [[priceId, terms] as const] : [],
  );
  const unsupported = Object.entries(found.unsupportedPrices).map(
    ([id, { reason }]) => [id, reason] as const,
  );
  const withheld = Object.fromEntries([...unsupported, ...reasons].slice(0, MAX_REASONS));
  const { defaultPriceId } = found;
  return { onSale: toOnSale(prices, { defaultPriceId, maxQuantity }), withheld };
}

type SoldPrice = ProductPrice & Required<Pick<ProductPrice, "worth">>;

function isOurs({ metadata, prices, unsupportedPrices }: ProviderProduct): boolean {
  const ofPrices = [...Object.values(prices), ...Object.values(unsupportedPrices)];
  return hasWorth(metadata) || ofPrices.some((price) => hasWorth(price.metadata));
}

/** The terms of one price, or why it is not for sale. */
function toTerms(found: ProviderProduct, priceId: string, price: ProviderPrice): Terms | string {
  if (priceId === found.defaultPriceId || hasWorth(price.metadata)) {
    return parseTerms(price.metadata, found.metadata);
  }
  return "it is not the default price, and its own metadata has no creditsAmount";
}

function toPrice(price: ProviderPrice, terms: Terms, maxQuantity: number): SoldPrice {
  const { metadata: _metadata, currencyOptions, ...shown } = price;
  return {
    ...shown,
    worth: terms.worth,
    ...(Object.keys(currencyOptions).length > 0 && { currencyOptions }),
    ...(terms.maxQuantity !== maxQuantity && { maxQuantity: terms.maxQuantity }),
    ...(terms.freeTimes !== DEFAULT_FREE_TIMES && { freeTimes: terms.freeTimes }),
    ...(terms.allowSeveral && { allowSeveral: true }),
  };
}

function toOnSale(
  entries: readonly [string, SoldPrice][],
  { defaultPriceId, maxQuantity }: { defaultPriceId: string | null; maxQuantity: number },
): Offer["onSale"] {
  const main = entries.find(([priceId]) => priceId === defaultPriceId) ?? entries[0];
  if (!main) return undefined;
  const [mainId, { worth }] = main;
  return {
    worth,
    maxQuantity,
    defaultPriceId: mainId === defaultPriceId ? mainId : null,
    prices: Object.fromEntries(entries),
  };
}
