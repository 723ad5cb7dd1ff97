import type { Stripe } from "stripe";
import { formatAmount } from "../money/currencies.ts";
import type { Store } from "../store/store.ts";

/** A session as the page shows it. */
export interface Sale {
  readonly session: Stripe.Checkout.Session;
  readonly items: readonly Stripe.LineItem[];
  readonly store: Store;
  readonly nowMs: number;
  /** A problem with the promotion code that was just entered. */
  readonly promotionError?: string | undefined;
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
