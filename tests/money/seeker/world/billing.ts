import type { WorldInvoice, WorldLine, WorldSubscription } from "./types.ts";
import type { World } from "./world.ts";

/**
 * Bills lines: the balance pays first, then the card. A total below 0 goes to the balance.
 * Source: https://docs.stripe.com/billing/customer/balance
 */
export function bill(
  world: World,
  subscription: WorldSubscription,
  { lines, isFirst = false, cardWorks }: { lines: WorldLine[]; isFirst?: boolean; cardWorks: boolean },
): WorldInvoice {
  const { userId, payerId, subscriptionId, currency } = subscription;
  const invoice = newInvoice(world, { userId, payerId, subscriptionId, currency, isFirst, lines });
  if (subscription.coupon?.duration === "once") subscription.coupon = null;
  if (invoice.total < 0) world.addToBalance(invoice, -invoice.total);
  invoice.balanceUsed = Math.min(Math.max(0, world.readBalance(invoice)), Math.max(0, invoice.total));
  world.addToBalance(invoice, -invoice.balanceUsed);
  world.report(invoice);
  if (cardWorks || toRemaining(invoice) === 0) payInvoice(world, invoice);
  return invoice;
}

export function newInvoice(
  world: World,
  invoice: Pick<WorldInvoice, "userId" | "payerId" | "subscriptionId" | "currency" | "isFirst" | "lines">,
): WorldInvoice {
  const made: WorldInvoice = {
    ...invoice,
    invoiceId: world.newId("in"),
    status: "open",
    total: invoice.lines.reduce((sum, { truth }) => sum + truth.net, 0),
    balanceUsed: 0,
    cardPaid: 0,
    refunds: [],
    disputesLost: [],
    notes: [],
    createdAt: world.now,
    paidAt: null,
  };
  for (const line of made.lines) line.invoiceId = made.invoiceId;
  world.invoices.push(made);
  return made;
}

/** What the card still has to pay. */
export function toRemaining({ total, balanceUsed, notes }: WorldInvoice): number {
  return Math.max(0, total) - balanceUsed - sumNotes(notes, ["pre"]);
}

export function sumNotes(notes: WorldInvoice["notes"], kinds: readonly string[]): number {
  return notes.reduce(
    (sum, { kind, amount, isVoid }) => (isVoid || !kinds.includes(kind) ? sum : sum + amount),
    0,
  );
}

export function payInvoice(world: World, invoice: WorldInvoice): void {
  invoice.cardPaid = toRemaining(invoice);
  invoice.status = "paid";
  invoice.paidAt = world.now;
  world.report(invoice);
}

/** Gives back what the balance paid. */
export function voidInvoice(world: World, invoice: WorldInvoice): void {
  world.addToBalance(invoice, invoice.balanceUsed);
  invoice.balanceUsed = 0;
  invoice.status = "void";
  world.report(invoice);
}
