import type { Stripe } from "stripe";
import type { LawInvoice, LawLine } from "../types.ts";
import { readGone, readIntents } from "./money.ts";
import { readAll, toId, toUserId, type Merchant } from "./pages.ts";
import { toWorthPerUnit, type LawPrices } from "./prices.ts";

/** Our one-time orders that were completed, each as an invoice; of one customer, or all. */
export async function readOrders(
  merchant: Merchant,
  prices: LawPrices,
  wanted: { customer?: string },
): Promise<LawInvoice[]> {
  const page = { ...wanted, limit: 100, expand: ["data.line_items"] };
  const sessions = await readAll(merchant.stripe.checkout.sessions.list(page));
  const ours = sessions.filter((session) => isCompleted(session) && toUserId(merchant, session.metadata));
  if (ours.length === 0) return [];
  const intents = await readIntents(merchant, wanted);
  return await Promise.all(
    ours.toReversed().map((session) => readOrder(merchant, prices, { session, intents })),
  );
}

function isCompleted({ mode, status, payment_status: payment }: Stripe.Checkout.Session): boolean {
  return mode === "payment" && status === "complete" && payment !== "unpaid";
}

async function readOrder(
  merchant: Merchant,
  prices: LawPrices,
  {
    session,
    intents,
  }: { session: Stripe.Checkout.Session; intents: Awaited<ReturnType<typeof readIntents>> },
): Promise<LawInvoice> {
  const items = await readItems(merchant, session);
  const lines = await Promise.all(items.map((item) => readLine(prices, session, item)));
  const paymentIntentId = toId(session.payment_intent);
  const price = await prices.read(toId(items[0]?.price), items[0]?.currency ?? "");
  return {
    invoiceId: session.id,
    userId: toUserId(merchant, session.metadata) ?? "",
    lines,
    isPaid: true,
    paidAt: session.created * 1_000,
    asked: session.amount_total ?? 0,
    gone: paymentIntentId === "" ? 0 : await readGone(merchant, intents, paymentIntentId),
    freeTimes: price.freeTimes,
  };
}

/** All of them: a session shows its first ones. */
async function readItems(
  { stripe }: Merchant,
  { id, line_items: shown }: Stripe.Checkout.Session,
): Promise<Stripe.LineItem[]> {
  if (shown && !shown.has_more) return shown.data;
  return await readAll(stripe.checkout.sessions.listLineItems(id, { limit: 100 }));
}

async function readLine(
  prices: LawPrices,
  { metadata, created }: Stripe.Checkout.Session,
  item: Stripe.LineItem,
): Promise<LawLine> {
  const priceId = toId(item.price);
  const price = await prices.read(priceId, item.currency);
  return {
    lineId: item.id,
    productId: price.productId,
    quantity: item.quantity ?? 1,
    kind: "full",
    share: 1,
    isTrial: false,
    isClassic: false,
    origins: [],
    start: created * 1_000,
    end: created * 1_000,
    worthPerUnit: toWorthPerUnit(price, priceId, metadata),
    gross: item.amount_subtotal,
    isDiscounted: item.amount_discount > 0,
    isFree: item.amount_total === 0,
  };
}
