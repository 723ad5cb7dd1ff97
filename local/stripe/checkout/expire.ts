import type { Stripe } from "stripe";
import { invalidRequest } from "../api/errors.ts";
import type { Context } from "../context.ts";
import { idOf } from "../store/store.ts";

/** Expires an open session: its unfinished payment intent is canceled with it. */
export function expireSession(context: Context, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const { store, clock, events } = context;
  if (session.status !== "open") {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  const intent = store.paymentIntents.read(idOf(session.payment_intent) ?? "");
  const expired = store.sessions.replace({ ...session, status: "expired", url: null });
  if (intent !== undefined) {
    const canceled = store.paymentIntents.replace({
      ...intent,
      canceled_at: clock.now(),
      cancellation_reason: "expired",
      status: "canceled",
    });
    events.emit("payment_intent.canceled", canceled, context);
  }
  events.emit("checkout.session.expired", expired, context);
  return expired;
}

/** The open sessions in the order in which they fall due. */
export class ExpiryQueue {
  readonly #due: { readonly id: string; readonly at: number }[] = [];

  add({ id, expires_at: at }: Stripe.Checkout.Session): void {
    let [low, high] = [0, this.#due.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      // Latest first, so that what is due is taken from the end.
      if ((this.#due[middle]?.at ?? 0) <= at) high = middle;
      else low = middle + 1;
    }
    this.#due.splice(low, 0, { id, at });
  }

  /** When the next session falls due, in seconds. */
  next(): number | undefined {
    return this.#due.at(-1)?.at;
  }

  /** Takes out every session that is due. */
  take(now: number): readonly string[] {
    const ids: string[] = [];
    for (let last = this.#due.at(-1); last !== undefined && last.at <= now; last = this.#due.at(-1)) {
      ids.push(last.id);
      this.#due.pop();
    }
    return ids;
  }

  clear(): void {
    this.#due.length = 0;
  }
}
