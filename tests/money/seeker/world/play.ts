import { payInvoice, voidInvoice } from "./billing.ts";
import { onceIds } from "./catalogue.ts";
import { issueNote, loseDispute, refund, toCreditable, toRefundable, voidNote } from "./moneyBack.ts";
import type { Move } from "./moves.ts";
import { order } from "./orders.ts";
import { cancelNow, change, renew, setCoupon, subscribe } from "./subscriptions.ts";
import type { WorldInvoice, WorldSubscription } from "./types.ts";
import { World } from "./world.ts";

type MoveOf<Type extends Move["type"]> = Extract<Move, { type: Type }>;

/** A story from its beginning. */
export function playStory(moves: readonly Move[]): World {
  const world = new World();
  for (const move of moves) play(world, move);
  return world;
}

/** Returns whether anything happened. */
export function play(world: World, move: Move): boolean {
  switch (move.type) {
    case "subscribe":
      return done(subscribe(world, move));
    case "order":
      return onceIds.includes(move.priceId) && done(order(world, move));
    case "wait":
      return done(wait(world, move));
    case "change":
    case "coupon":
    case "cancel":
      return withPicked(world.liveOf(move.userId), move, (subscription) =>
        playSubscription(world, subscription, move),
      );
    default:
      return playInvoice(world, move);
  }
}

function playSubscription(
  world: World,
  subscription: WorldSubscription,
  move: MoveOf<"change" | "coupon" | "cancel">,
): void {
  if (move.type === "change") change(world, subscription, move);
  else if (move.type === "coupon") setCoupon(world, subscription, move.coupon);
  else if (move.how === "at_end") subscription.cancelsAtEnd = true;
  else cancelNow(world, subscription, { prorate: move.how === "prorated" });
}

function playInvoice(
  world: World,
  move: MoveOf<"settle" | "refund" | "dispute" | "note" | "voidNote">,
): boolean {
  return withPicked(toSubjects(world.invoicesOf(move.userId), move), move, (invoice) => {
    if (move.type === "refund") refund(world, invoice, move.percent);
    else if (move.type === "dispute") loseDispute(world, invoice, move.percent);
    else if (move.type === "note") issueNote(world, invoice, move);
    else if (move.type === "voidNote") voidNote(world, invoice);
    else if (move.how === "pay") payInvoice(world, invoice);
    else voidInvoice(world, invoice);
  });
}

/** The invoices that something can happen to. */
function toSubjects(invoices: readonly WorldInvoice[], move: Move): readonly WorldInvoice[] {
  const open = invoices.filter(({ status }) => status === "open");
  const paid = invoices.filter(({ status }) => status === "paid");
  if (move.type === "refund" || move.type === "dispute") return paid.filter(isRefundable);
  if (move.type === "note") return move.kind === "pre" ? open : paid.filter(isCreditable);
  return move.type === "voidNote" ? open.filter(hasNote) : open;
}

function hasNote({ notes }: WorldInvoice): boolean {
  return notes.some(({ isVoid }) => !isVoid);
}

function isRefundable(invoice: WorldInvoice): boolean {
  return toRefundable(invoice) > 0;
}

function isCreditable(invoice: WorldInvoice): boolean {
  return invoice.subscriptionId !== null && toCreditable(invoice) > 0;
}

function wait(world: World, { hours, cardWorks }: MoveOf<"wait">): void {
  const until = world.now + hours * 3_600_000;
  for (;;) {
    const due = world.subscriptions
      .filter(({ status, period }) => status !== "canceled" && period.end <= until)
      .toSorted((a, b) => a.period.end - b.period.end)[0];
    if (!due) break;
    world.now = due.period.end;
    renew(world, due, cardWorks);
  }
  world.now = until;
}

function withPicked<T>(list: readonly T[], { pick }: { pick: number }, act: (picked: T) => void): boolean {
  const picked = list.toReversed()[list.length === 0 ? 0 : pick % list.length];
  if (picked === undefined) return false;
  act(picked);
  return true;
}

function done(_result: unknown): true {
  return true;
}
