import type { Stripe } from "stripe";
import type { Store } from "../../objects/store/store.ts";
import { unitAmountIn } from "../../objects/catalogue/prices.ts";
import { formatAmount } from "../../platform/currencies.ts";

/** A session as the page shows it. */
export interface Sale {
  session: Stripe.Checkout.Session;
  items: readonly Stripe.LineItem[];
  store: Store;
  nowMs: number;
  /** A problem with the promotion code that was just entered. */
  promotionError?: string | undefined;
}

/** An amount in the session's currency and language. */
export function money({ session }: Sale, amountMinor: number | null): string {
  const { currency, locale } = session;
  return formatAmount(
    amountMinor ?? 0,
    currency ?? "usd",
    locale === null || locale === "auto" ? "en-US" : locale,
  );
}

/** What one unit of an item costs in the session's currency, whatever is due today. */
export function unitAmountOf({ store }: Sale, { price, currency }: Stripe.LineItem): number {
  return price === null ? 0 : (unitAmountIn(store, price, currency) ?? 0);
}
