/** What a merchant puts on sale at Stripe, and what its metadata says. */
export interface NewProduct {
  /** 100 unless told otherwise; none when undefined. */
  readonly creditsAmount?: string | undefined;
  readonly subscriptionDays?: string | undefined;
  readonly maxQuantity?: string | undefined;
  readonly allowSeveral?: boolean;
  /** In minor units. */
  readonly unitAmount?: number;
  readonly currency?: string;
  /** What it costs in other currencies. */
  readonly currencyOptions?: Readonly<Record<string, { readonly unit_amount: number }>>;
  /** Sold again each month. */
  readonly isMonthly?: boolean;
}

/** A product with its default price, as Stripe's API takes it: 100 credits for 5.00 USD unless told otherwise. */
export function buildProduct(wanted: NewProduct = {}) {
  const { subscriptionDays, maxQuantity, unitAmount = 500, currency = "usd", isMonthly = false } = wanted;
  const { currencyOptions } = wanted;
  const creditsAmount = "creditsAmount" in wanted ? wanted.creditsAmount : "100";
  return {
    name: isMonthly ? "Plan" : "Credits",
    default_price_data: {
      unit_amount: unitAmount,
      currency,
      ...(currencyOptions && { currency_options: currencyOptions }),
      ...(isMonthly && { recurring: { interval: "month" as const } }),
    },
    metadata: {
      ...(creditsAmount !== undefined && { creditsAmount }),
      ...(subscriptionDays !== undefined && { subscriptionDays }),
      ...(maxQuantity !== undefined && { maxQuantity }),
      ...(wanted.allowSeveral === true && { allowSeveral: "true" }),
    },
  };
}
