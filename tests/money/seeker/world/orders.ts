import { newInvoice, payInvoice } from "./billing.ts";
import { requirePrice, type Currency } from "./catalogue.ts";
import type { World } from "./world.ts";

export interface OneTimeOrder {
  userId: string;
  priceId: string;
  quantity: number;
  currency: Currency;
  percent: number;
}

/** A checkout of a one-time price. The balance pays none of it. */
export function order(world: World, { userId, priceId, quantity, currency, percent }: OneTimeOrder): void {
  const { productId, amounts } = requirePrice(priceId);
  const gross = amounts[currency] * quantity;
  const discount = Math.round((gross * percent) / 100);
  const truth = {
    kind: "full" as const,
    share: 1,
    gross,
    net: gross - discount,
    isTrial: false,
    isClassic: false,
    origin: null,
  };
  const invoice = newInvoice(world, {
    userId,
    payerId: userId,
    subscriptionId: null,
    currency,
    isFirst: true,
    lines: [
      {
        lineId: world.newId("li"),
        itemId: "",
        productId,
        priceId,
        quantity,
        kind: "full",
        amount: gross,
        discount,
        isDiscounted: percent > 0,
        period: { start: world.now, end: world.now },
        credited: null,
        invoiceId: null,
        truth,
      },
    ],
  });
  payInvoice(world, invoice);
}
