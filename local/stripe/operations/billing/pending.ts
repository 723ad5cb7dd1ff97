import type { Stripe } from "stripe";
import type { Context } from "../context/context.ts";

/** Whether anything waits for the next invoice of a subscription, or of a customer without one. */
export function hasPending({ store }: Context, ownerId: string): boolean {
  return store.pendingItems.has(ownerId);
}

/** What waits for the next invoice of a subscription, or of a customer without one, oldest first. */
export function pendingOf({ store }: Context, ownerId: string): readonly Stripe.InvoiceItem[] {
  return (store.pendingItems.get(ownerId) ?? []).flatMap((id) => store.invoiceItems.get(id) ?? []);
}

/** Puts an item on the owner's next invoice: `invoiceitem.created`. */
export function addPending(
  { store, events, origin }: Context,
  ownerId: string,
  item: Stripe.InvoiceItem,
): Stripe.InvoiceItem {
  store.invoiceItems.set(item.id, item);
  store.pendingItems.set(ownerId, [...(store.pendingItems.get(ownerId) ?? []), item.id]);
  events.emit("invoiceitem.created", item, { origin });
  return item;
}

/** Takes what waits for the owner's next invoice, oldest first. */
export function takePending(context: Context, ownerId: string): readonly Stripe.InvoiceItem[] {
  const items = pendingOf(context, ownerId);
  context.store.pendingItems.delete(ownerId);
  return items;
}

/** Drops what waits for the owner's next invoice: `invoiceitem.deleted`. */
export function dropPending(context: Context, ownerId: string): void {
  for (const item of takePending(context, ownerId)) {
    context.events.emit("invoiceitem.deleted", item, context);
    context.store.invoiceItems.delete(item.id);
  }
}
