import { Stripe } from "stripe";
import { ControlRefusal } from "../../local/stripe/testing/controlClient.ts";
import type { History } from "./history.ts";

export function pickOf<T>(all: readonly T[], index: number): T {
  const found = all[index % all.length];
  if (found === undefined) throw new Error("Nothing to pick from");
  return found;
}

export function callerOf(history: History, user: number): { userId: string; email: string } {
  const userId = pickOf(history.users, user);
  return { userId, email: `${userId}@example.com` };
}

export async function pickSubscription(
  history: History,
  index: number,
): Promise<Stripe.Subscription | undefined> {
  const { data } = await history.stripe.subscriptions.list({ limit: 100, status: "all" });
  return data.at(index % Math.max(1, data.length));
}

/** What Stripe refuses did not happen. */
export async function atStripe(history: History, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { StripeInvalidRequestError, StripeCardError } = Stripe.errors;
    const isRefusal =
      error instanceof StripeInvalidRequestError ||
      error instanceof StripeCardError ||
      error instanceof ControlRefusal;
    if (!isRefusal && !history.isUnreliable) throw error;
  }
}
