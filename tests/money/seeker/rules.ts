import { toEntitlement } from "../../../functions/src/credits/entitlement.ts";
import { toInvoiceWorth, toPaidLines } from "../../../functions/src/invoices/worth.ts";
import { giveFreeOrder, giveFreeTime } from "../../../functions/src/payments/free.ts";

/** The product's pure decisions about worth, which a test may replace by faulty ones. */
export interface Rules {
  toInvoiceWorth: typeof toInvoiceWorth;
  toPaidLines: typeof toPaidLines;
  giveFreeTime: typeof giveFreeTime;
  giveFreeOrder: typeof giveFreeOrder;
  toEntitlement: typeof toEntitlement;
}

export const productRules: Rules = {
  toInvoiceWorth,
  toPaidLines,
  giveFreeTime,
  giveFreeOrder,
  toEntitlement,
};
