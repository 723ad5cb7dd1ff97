import type { Stripe } from "stripe";
import { toId } from "../law/provider/pages.ts";
import type { Coupon, Note } from "../seeker/world/types.ts";
import type { Move } from "../seeker/world/moves.ts";
import type { Plan } from "../shop.ts";
import { listCharges, listInvoices, listLive, listNotes } from "./found.ts";
import type { Stage } from "./stage.ts";

type MoveOf<Type extends Move["type"]> = Extract<Move, { type: Type }>;
type Performers = { [Type in Move["type"]]: (stage: Stage, move: MoveOf<Type>) => Promise<unknown> };

/** Lets a move happen, as buyers, merchants and banks do it. A move without a subject does nothing. */
export async function perform<Type extends Move["type"]>(
  stage: Stage,
  move: MoveOf<Type> & { type: Type },
): Promise<void> {
  const performer: (stage: Stage, move: MoveOf<Type>) => Promise<unknown> = performers[move.type];
  await performer(stage, move);
}

const performers: Performers = {
  subscribe: async (stage, { userId, payerId, priceId, quantity, mode, currency, coupon, hasTrial }) => {
    await stage.shop.subscribe(userId, requirePlan(stage, priceId), {
      quantity,
      // Our API version names what a classic credit gives back.
      billing: mode === "unnamed" ? "classic" : mode,
      ...(payerId !== userId && { payerId }),
      ...(coupon && { coupon: await createCoupon(stage, coupon) }),
      ...(currency !== "usd" && { currency }),
      ...(hasTrial && { trialDays: 7 }),
    });
  },
  order: async (stage, { userId, priceId, quantity, currency, percent }) => {
    await stage.shop.buyOnce(userId, requirePlan(stage, priceId), {
      quantity,
      ...(currency !== "usd" && { currency }),
      ...(percent > 0 && { code: await createCode(stage, percent) }),
    });
  },
  wait: async (stage, { hours, cardWorks }) => {
    if (cardWorks) await stage.shop.pass(hours / 24);
    else await withoutCards(stage, await listLive(stage), async () => await stage.shop.pass(hours / 24));
  },
  change: async (stage, { userId, pick, priceId, quantity, behavior, cardWorks }) => {
    const subscription = pickFrom(await listLive(stage, userId), pick);
    if (!subscription) return;
    const plan = requirePlan(stage, priceId);
    const act = async () => await stage.shop.change(subscription.id, { plan, quantity, behavior });
    await (cardWorks ? act() : withoutCards(stage, [subscription], act));
  },
  coupon: async (stage, { userId, pick, coupon }) => {
    const subscription = pickFrom(await listLive(stage, userId), pick);
    if (!subscription) return;
    const discounts = coupon ? [{ coupon: await createCoupon(stage, coupon) }] : "";
    await stage.shop.stripe.subscriptions.update(subscription.id, { discounts });
  },
  cancel: async (stage, { userId, pick, how }) => {
    const subscription = pickFrom(await listLive(stage, userId), pick);
    if (!subscription) return;
    const { subscriptions } = stage.shop.stripe;
    const isProrated = how === "prorated";
    await (how === "at_end"
      ? subscriptions.update(subscription.id, { cancel_at_period_end: true })
      : subscriptions.cancel(subscription.id, { prorate: isProrated, invoice_now: isProrated }));
  },
  settle: async (stage, { userId, pick, how }) => {
    const invoice = pickFrom(await listInvoices(stage, userId, "open"), pick);
    if (!invoice) return;
    const { invoices } = stage.shop.stripe;
    await (how === "pay" ? invoices.pay(toId(invoice)) : invoices.voidInvoice(toId(invoice)));
  },
  refund: async (stage, { userId, pick, percent }) => {
    const charge = pickFrom(await listCharges(stage, userId), pick);
    if (!charge) return;
    await stage.shop.history.control.refund(charge.intentId, { amount: partOf(charge.left, percent) });
  },
  dispute: async (stage, { userId, pick, percent }) => {
    const charge = pickFrom(await listCharges(stage, userId), pick);
    if (!charge) return;
    const { control } = stage.shop.history;
    const { id } = await control.dispute(charge.intentId, { amount: partOf(charge.left, percent) });
    await control.closeDispute(id, "lost");
  },
  note: async (stage, { userId, pick, kind, percent }) => {
    const invoices = await listInvoices(stage, userId, kind === "pre" ? "open" : "paid");
    const invoice = pickFrom(
      invoices.filter((listed) => toCreditable(listed) > 0),
      pick,
    );
    if (!invoice) return;
    const amount = partOf(toCreditable(invoice), percent);
    await stage.shop.stripe.creditNotes.create({ invoice: toId(invoice), amount, ...toWay(kind, amount) });
  },
  voidNote: async (stage, { userId, pick }) => {
    const note = pickFrom(await listNotes(stage, userId), pick);
    if (note) await stage.shop.stripe.creditNotes.voidCreditNote(note.id);
  },
};

function requirePlan({ plans }: Stage, priceId: string): Plan {
  const plan = plans.get(priceId);
  if (!plan) throw new Error(`There is no price "${priceId}"`);
  return plan;
}

async function createCoupon({ shop }: Stage, { percent, duration }: Coupon): Promise<string> {
  const months = duration === "repeating" ? { duration_in_months: 3 } : {};
  return (await shop.stripe.coupons.create({ percent_off: percent, duration, ...months })).id;
}

async function createCode(stage: Stage, percent: number): Promise<string> {
  const coupon = await createCoupon(stage, { percent, duration: "once" });
  return (await stage.shop.stripe.promotionCodes.create({ promotion: { type: "coupon", coupon } })).code;
}

/** Lets something happen while cards fail; nobody but the story collects afterwards what stayed open. */
async function withoutCards(
  stage: Stage,
  subscriptions: readonly Stripe.Subscription[],
  act: () => Promise<void>,
): Promise<void> {
  const { shop } = stage;
  for (const { id } of subscriptions) await shop.failCard(id);
  await act();
  for (const { id } of await listLive(stage)) await shop.repairCard(id);
  for (const invoice of await listInvoices(stage, undefined, "open")) {
    if (invoice.auto_advance === true)
      await shop.stripe.invoices.update(toId(invoice), { auto_advance: false });
  }
}

/** As the seeker's world picks. */
function pickFrom<T>(newestFirst: readonly T[], pick: number): T | undefined {
  return newestFirst[pick % Math.max(1, newestFirst.length)];
}

function partOf(amount: number, percent: number): number {
  return Math.max(1, Math.round((amount * percent) / 100));
}

function toCreditable(invoice: Stripe.Invoice): number {
  if (invoice.status === "open") return invoice.amount_remaining;
  return invoice.total - invoice.post_payment_credit_notes_amount;
}

function toWay(
  kind: Note["kind"],
  amount: number,
): Pick<Stripe.CreditNoteCreateParams, "credit_amount" | "out_of_band_amount"> {
  if (kind === "pre") return {};
  return kind === "balance" ? { credit_amount: amount } : { out_of_band_amount: amount };
}
