import { payInvoice, sumNotes, toRemaining } from "./billing.ts";
import type { Note, WorldInvoice } from "./types.ts";
import type { World } from "./world.ts";

/** Percent of an amount in whole minor units; at least one. */
function partOf(amount: number, percent: number): number {
  return Math.max(1, Math.round((amount * percent) / 100));
}

/** What of the card's money is still there. */
export function toRefundable({ cardPaid, refunds, disputesLost }: WorldInvoice): number {
  return [...refunds, ...disputesLost].reduce((left, amount) => left - amount, cardPaid);
}

/** Refunds a part of the card's money that is left. */
export function refund(world: World, invoice: WorldInvoice, percent: number): void {
  invoice.refunds.push(partOf(toRefundable(invoice), percent));
  world.report(invoice);
}

export function loseDispute(world: World, invoice: WorldInvoice, percent: number): void {
  invoice.disputesLost.push(partOf(toRefundable(invoice), percent));
  world.report(invoice);
}

/** What credit notes may still give back of a paid invoice: what was refunded is not there any more. */
export function toCreditable({ balanceUsed, notes, ...invoice }: WorldInvoice): number {
  const left = toRefundable({ balanceUsed, notes, ...invoice });
  return left + balanceUsed - sumNotes(notes, ["balance", "out_of_band"]);
}

/**
 * A credit note: it lowers an open invoice, and pays it if nothing is left; of a paid one it gives money back to the
 * balance or outside of Stripe. Source: https://docs.stripe.com/invoicing/integration/programmatic-credit-notes
 */
export function issueNote(
  world: World,
  invoice: WorldInvoice,
  { kind, percent }: { kind: Note["kind"]; percent: number },
): void {
  const amount = partOf(kind === "pre" ? toRemaining(invoice) : toCreditable(invoice), percent);
  invoice.notes.push({ noteId: world.newId("cn"), kind, amount, isVoid: false });
  if (kind === "balance") world.addToBalance(invoice, amount);
  world.report(invoice);
  if (kind === "pre" && toRemaining(invoice) === 0) payInvoice(world, invoice);
}

/** Only a note on an open invoice can be undone. */
export function voidNote(world: World, invoice: WorldInvoice): void {
  const note = invoice.notes.find(({ isVoid }) => !isVoid);
  if (note) note.isVoid = true;
  world.report(invoice);
}
