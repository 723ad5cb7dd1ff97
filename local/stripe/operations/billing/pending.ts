import type { Stripe } from "stripe";
import type { Context } from "../context/context.ts";

/** Whether anything waits for the subscription's next invoice. */
export function hasPending({ store }: Context, subscriptionId: string): boolean {
  return store.pendingItems.has(subscriptionId);
}

/** Puts an item on the subscription's next invoice: `invoiceitem.created`. */
export function addPending(
  { store, events, origin }: Context,
  subscriptionId: string,
  item: Stripe.InvoiceItem,
): Stripe.InvoiceItem {
  store.invoiceItems.set(item.id, item);
  store.pendingItems.set(subscriptionId, [...(store.pendingItems.get(subscriptionId) ?? []), item.id]);
  events.emit("invoiceitem.created", item, { origin });
  return item;
}

/** Takes what waits for the subscription's next invoice, oldest first. */
export function takePending({ store }: Context, subscriptionId: string): readonly Stripe.InvoiceItem[] {
  const ids = store.pendingItems.get(subscriptionId) ?? [];
  store.pendingItems.delete(subscriptionId);
  return ids.flatMap((id) => store.invoiceItems.get(id) ?? []);
}

/** Drops what waits for the subscription's next invoice: `invoiceitem.deleted`. */
export function dropPending(context: Context, subscriptionId: string): void {
  for (const item of takePending(context, subscriptionId)) {
    context.events.emit("invoiceitem.deleted", item, context);
    context.store.invoiceItems.delete(item.id);
  }
}
