/** An amount before discounts, and what each of them takes off. Both are negative if money is given back. */
export interface Cost {
  amount: number;
  discountAmounts: { amount: number; discount: string }[];
}
