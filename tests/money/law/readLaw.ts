import { toLaw } from "./law.ts";
import { readInvoices } from "./provider/invoices.ts";
import { readOrders } from "./provider/orders.ts";
import type { Merchant } from "./provider/pages.ts";
import { LawPrices } from "./provider/prices.ts";
import type { Law } from "./types.ts";

/**
 * The law of one project's users, from the objects of its account at Stripe alone: invoices with all their lines, checkouts
 * of one-time orders, credit notes, refunds, disputes, and what prices and products say they are worth. With
 * `customerIds` only what belongs to these customers, who then are the only ones to be judged by it.
 */
export async function readLaw(
  merchant: Merchant,
  { customerIds }: { customerIds?: readonly string[] } = {},
): Promise<Law> {
  const prices = new LawPrices(merchant);
  const wanted = customerIds?.map((customer) => ({ customer })) ?? [{}];
  const found = await Promise.all(
    wanted.flatMap((subject) => [
      readInvoices(merchant, prices, subject),
      readOrders(merchant, prices, subject),
    ]),
  );
  return toLaw(found.flat());
}
