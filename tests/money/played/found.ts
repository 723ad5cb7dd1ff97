import type { Stripe } from "stripe";
import { toId } from "../law/provider/pages.ts";
import type { Stage } from "./stage.ts";

/* What moves happen to, newest first: of one user, or of all. A story has few of each. */

const limit = 100;

export async function listLive({ shop }: Stage, userId?: string): Promise<Stripe.Subscription[]> {
  const { data } = await shop.stripe.subscriptions.list({ limit });
  return data.filter(({ metadata }) => isOf(userId, metadata));
}

export async function listInvoices(
  { shop }: Stage,
  userId: string | undefined,
  status: "open" | "paid",
): Promise<Stripe.Invoice[]> {
  const { data } = await shop.stripe.invoices.list({ limit, status });
  return data.filter(({ parent }) => isOf(userId, parent?.subscription_details?.metadata));
}

/** Card payments with minor units left, and how many. */
export async function listCharges(
  { shop }: Stage,
  userId: string,
): Promise<{ intentId: string; left: number }[]> {
  const [charges, customers] = await Promise.all([
    shop.stripe.charges.list({ limit }),
    shop.stripe.customers.list({ limit }),
  ]);
  const own = new Set(customers.data.filter(({ metadata }) => isOf(userId, metadata)).map(({ id }) => id));
  return charges.data
    .filter(
      ({ status, disputed, customer }) => status === "succeeded" && !disputed && own.has(toId(customer)),
    )
    .map((charge) => ({
      intentId: toId(charge.payment_intent),
      left: charge.amount - charge.amount_refunded,
    }))
    .filter(({ left }) => left > 0);
}

/** Credit notes of open invoices: others cannot be undone. */
export async function listNotes(stage: Stage, userId: string): Promise<Stripe.CreditNote[]> {
  const [{ data }, open] = await Promise.all([
    stage.shop.stripe.creditNotes.list({ limit }),
    listInvoices(stage, userId, "open"),
  ]);
  const openIds = new Set(open.map(({ id }) => id));
  return data.filter(({ status, invoice }) => status === "issued" && openIds.has(toId(invoice)));
}

function isOf(userId: string | undefined, metadata: Stripe.Metadata | null | undefined): boolean {
  return userId === undefined || metadata?.["userId"] === userId;
}
