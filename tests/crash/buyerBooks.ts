import type { Stripe } from "stripe";
import { expect } from "vitest";
import { auditAccount } from "../../functions/src/credits/credits.ts";
import type { World } from "../kit/transport/world.ts";
import type { Buyer } from "./stage.ts";

/** What one buyer has, had and paid. Amounts in minor units. */
export interface BuyerBooks {
  customers: number;
  sessions: number;
  charged: number;
  refunded: number;
  credits: number;
  entries: number;
}

/** Fails unless everybody's books say what is expected: nothing was lost and nothing doubled. */
export async function expectBooks(
  world: World,
  { buyer, expected }: { buyer: Buyer; expected: BuyerBooks },
): Promise<void> {
  const found = await readBooks(world, buyer);
  const { customers, credits, entries, ...money } = expected;
  const books = { provider: { customers, ...money }, here: { ...money, credits, entries } };
  expect(found, JSON.stringify(found)).toEqual(books);
}

/**
 * A buyer's books: those of the provider, and what is known here of the same. The audit recomputes the account from its
 * ledger.
 */
async function readBooks({ stripe, db }: World, { userId, email }: Buyer) {
  const customers = (await stripe.customers.list({ email })).data;
  const [ofCustomers, sessions, payments, account, audit] = await Promise.all([
    Promise.all(customers.map((customer) => readCustomer(stripe, customer.id))),
    db.collection("payment_sessions").where("userId", "==", userId).get(),
    db.collection("payments").where("userId", "==", userId).get(),
    db.doc(`subscriptions/${userId}`).get(),
    auditAccount({ db }, userId),
  ]);
  const paid = payments.docs.filter((payment) => payment.get("facts.paid") !== null);
  const provider = {
    customers: customers.length,
    sessions: sum(ofCustomers.map((found) => found.sessions)),
    charged: sum(ofCustomers.map((found) => found.charged)),
    refunded: sum(ofCustomers.map((found) => found.refunded)),
  };
  const here = {
    sessions: sessions.size,
    charged: sum(paid.map((payment) => Number(payment.get("amount")))),
    refunded: sum(payments.docs.map((payment) => Number(payment.get("amountRefunded")))),
    credits: Number(account.get("availableCredits") ?? 0),
    // The audit counts them as it recomputes the account.
    ...(audit.outcome === "agrees" ? { entries: audit.seq } : { differences: audit.differences }),
  };
  return { provider, here };
}

async function readCustomer(stripe: Stripe, customer: string) {
  const [sessions, charges] = await Promise.all([
    stripe.checkout.sessions.list({ customer, limit: 100 }),
    stripe.charges.list({ customer, limit: 100 }),
  ]);
  const succeeded = charges.data.filter(({ status }) => status === "succeeded");
  return {
    sessions: sessions.data.length,
    charged: sum(succeeded.map(({ amount }) => amount)),
    refunded: sum(succeeded.map(({ amount_refunded: refunded }) => refunded)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
