import type { Stripe } from "stripe";
import type { Cost } from "../../objects/billing/costs.ts";
import type { Credited } from "../../objects/billing/invoiceItems.ts";
import { idOf } from "../../objects/store/store.ts";
import type { Context } from "../context/context.ts";

/** What billed an item's current period last, as its line shows it, and how a credit refers to it. */
export interface Debit extends Cost {
  /** The proration that it is, or null if it bills a whole period. */
  invoiceItemId: string | null;
  period: { start: number; end: number };
  credited: Credited;
}

/**
 * The debit that billed what is left of an item's period: one that waits for the next invoice, or the line of an invoice,
 * paid or not.
 */
export function findDebit(
  context: Context,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): Debit | undefined {
  return findPending(context, subscription, item) ?? findInvoiced(context, subscription, item);
}

function findPending(
  { store }: Context,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): Debit | undefined {
  const pending = (store.pendingItems.get(subscription.id) ?? []).flatMap(
    (id) => store.invoiceItems.get(id) ?? [],
  );
  const debit = pending.findLast(
    (own) =>
      own.parent?.subscription_details?.subscription_item === item.id &&
      own.proration_details?.credited_items === null &&
      own.amount >= 0,
  );
  if (debit === undefined) return undefined;
  return {
    amount: debit.amount,
    invoiceItemId: debit.id,
    discountAmounts: toAmounts(debit.proration_details?.discount_amounts ?? []),
    period: debit.period,
    credited: { invoice_item: debit.id, type: "invoice_item" },
  };
}

function findInvoiced(
  { store }: Context,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): Debit | undefined {
  const { data } = store.invoices.page({
    limit: Infinity,
    index: { name: "subscription", values: [subscription.id] },
  });
  // Newest first; of one invoice, the line that began last.
  for (const { id, lines } of data) {
    const debits = lines.data.filter((line) => isDebitOf(line, item));
    const [debit] = debits.toSorted((a, b) => b.period.start - a.period.start);
    if (debit !== undefined) {
      return {
        amount: debit.amount,
        invoiceItemId: debit.parent?.subscription_item_details?.invoice_item ?? null,
        discountAmounts: toAmounts(debit.discount_amounts ?? []),
        period: debit.period,
        credited: {
          invoice_line_item_details: { invoice: id, invoice_line_items: [debit.id] },
          type: "invoice_line_items",
        },
      };
    }
  }
  return undefined;
}

function isDebitOf(
  { amount, parent, period }: Stripe.InvoiceLineItem,
  item: Stripe.SubscriptionItem,
): boolean {
  const details = parent?.subscription_item_details;
  return (
    details?.subscription_item === item.id &&
    (details.proration_details?.credited_items ?? null) === null &&
    amount >= 0 &&
    period.end === item.current_period_end
  );
}

function toAmounts(
  amounts: readonly { amount: number; discount: string | { id: string } }[],
): Cost["discountAmounts"] {
  return amounts.map(({ amount, discount }) => ({ amount, discount: idOf(discount) ?? "" }));
}
