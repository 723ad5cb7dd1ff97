import { toLaw } from "./law.ts";
import { readInvoices } from "./provider/invoices.ts";
import { readOrders } from "./provider/orders.ts";
import type { Merchant } from "./provider/pages.ts";
import { LawPrices } from "./provider/prices.ts";
import type { Law } from "./types.ts";

export interface LawOptions {
  customerIds?: readonly string[];
  /** By product. */
  formerCredits?: ReadonlyMap<string, readonly number[]>;
}

/**
 * The law of one project's users, from the objects of its account at Stripe alone: invoices with all their lines, checkouts
 * of one-time orders, credit notes, refunds, disputes, and what prices and products say they are worth. With
 * `customerIds` only what belongs to these customers, who then are the only ones to be judged by it. `formerCredits` is what
 * products were worth before, which the provider does not keep: what was sold then may have been any of it.
 */
export async function readLaw(
  merchant: Merchant,
  { customerIds, formerCredits }: LawOptions = {},
): Promise<Law> {
  const prices = new LawPrices(merchant, formerCredits);
  const wanted = customerIds?.map((customer) => ({ customer })) ?? [{}];
  const found = await Promise.all(
    wanted.flatMap((subject) => [
      readInvoices(merchant, prices, subject),
      readOrders(merchant, prices, subject),
    ]),
  );
  return toLaw(found.flat());
}
