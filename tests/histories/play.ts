import type { Stripe } from "stripe";
import { readBuyer } from "../../functions/src/buyers/db.ts";
import { forgetUser, requireForgotten } from "../../functions/src/deletion/forgetUser.ts";
import { EventError } from "../../functions/src/inbox/processEvent.ts";
import { GatewayError } from "../../functions/src/platform/errors.ts";
import { cancelSubscription, resumeSubscription } from "../../functions/src/plans/cancel.ts";
import { reconcilePayments } from "../../functions/src/reconciliation/reconcile.ts";
import { refundPayment } from "../../functions/src/refunds/refundPayment.ts";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { verifyPayment } from "../../functions/src/checkout/verifyPayment.ts";
import type { ReconciliationReport } from "../../functions/src/contract/calls.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import {
  captureHold,
  grantCredits,
  holdCredits,
  releaseHold,
  spendCredits,
} from "../../functions/src/credits/credits.ts";
import { bookPayment } from "../../functions/src/credits/bookPayment.ts";
import { sweepExpired } from "../../functions/src/credits/sweep.ts";
import {
  CARDS,
  ControlRefusal,
  type PayBy,
  type ProviderEvent,
} from "../../local/stripe/testing/controlClient.ts";
import { billingPlayers } from "./billing.ts";
import type { Step } from "./steps.ts";
import type { History } from "./history.ts";
import { callerOf, pickOf } from "./subjects.ts";

const DAY_SECONDS = 86_400;

const PAYMENTS: Readonly<Record<Played<"pay">["by"], PayBy>> = {
  card: { card: CARDS.good },
  "declined card": { card: CARDS.declined },
  "bank debit": { method: "bank_debit" },
};

type Played<Name extends Step["do"]> = Extract<Step, { do: Name }>;
type Player = { [Name in Step["do"]]: (history: History, step: Played<Name>) => Promise<unknown> };

/** Plays one step. A refusal is an answer; anything else that is thrown is a bug. */
export async function play(history: History, step: Step): Promise<void> {
  await history.pass(1);
  await run(history, step);
}

async function run<Name extends Step["do"]>(
  history: History,
  step: Played<Name> & { do: Name },
): Promise<void> {
  const player: (history: History, step: Played<Name>) => Promise<unknown> = players[step.do];
  await unlessRefused(history, async () => await player(history, step));
}

/** One run of `reconcilePayments`, as every hour brings one. */
export async function reconcile(history: History): Promise<ReconciliationReport> {
  history.noteReconciled();
  return await reconcilePayments(history.context, {
    onFailure: ({ error }) => {
      if (!history.isUnreliable) throw error;
    },
  });
}

const players: Player = {
  ...billingPlayers,
  buy: async (history, { user, product, quantity, requestId }) => {
    const { productId } = pickOf(history.products, product);
    const input = { productId, quantity, ...(requestId !== null && { requestId: `request_${requestId}` }) };
    await buy(history, user, input);
  },
  purchase: async (history, { user, product }) => {
    const { productId } = pickOf(history.products, product);
    await history.control.pay(await buy(history, user, { productId }));
  },
  pay: async (history, { session, by }) => {
    await withSession(history, session, async (id) => await history.control.pay(id, PAYMENTS[by]));
  },
  expire: async (history, { session }) => {
    await withSession(history, session, async (id) => await history.control.expire(id));
  },
  "settle debit": async (history, { session, outcome }) => {
    await withSession(history, session, async (id) => {
      // Not by its own route, whose answers may be lost.
      const { data } = await history.stripe.checkout.sessions.list({ limit: 100 });
      const intent = data.find((listed) => listed.id === id)?.payment_intent;
      if (typeof intent === "string") await history.control.settle(intent, outcome);
    });
  },
  verify: async (history, { user, session }) => {
    await withSession(history, session, async (sessionId) => {
      const { userId } = callerOf(history, user);
      const [result] = await Promise.allSettled([
        verifyPayment(history.context, callerOf(history, user), { sessionId }),
      ]);
      if (history.sessions.get(sessionId) !== userId && result.status === "fulfilled")
        throw new Error(`"${userId}" saw "${sessionId}"`);
      if (result.status === "rejected") throw result.reason;
    });
  },
  refund: async (history, { payment, percent, byAdmin }) => {
    const intent = await pickIntent(history, payment);
    if (!intent) return;
    const amount = Math.max(1, Math.floor((intent.amount_received * percent) / 100));
    const [paymentId, requestId] = [`stripe_${intent.id}`, `refund_${payment % 3}`];
    if (byAdmin) await refundPayment(history.context, { paymentId, amount, requestId });
    else await history.control.refund(intent.id, { amount });
  },
  "fail refund": async (history, { refund }) => {
    const { data } = await history.stripe.refunds.list({ limit: 100 });
    const found = data.at(refund % Math.max(1, data.length));
    if (found) await history.control.failRefund(found.id);
  },
  dispute: async (history, { payment, percent, inquiry }) => {
    const intent = await pickIntent(history, payment);
    if (!intent) return;
    const amount = Math.max(1, Math.floor((intent.amount_received * percent) / 100));
    await history.control.dispute(intent.id, { amount, inquiry });
  },
  "close dispute": async (history, { dispute, outcome }) => {
    const { data } = await history.stripe.disputes.list({ limit: 100 });
    const found = data.at(dispute % Math.max(1, data.length));
    if (found) await history.control.closeDispute(found.id, outcome);
  },
  "warn of fraud": async (history, { payment }) => {
    const intent = await pickIntent(history, payment);
    if (intent) await history.control.warnOfFraud(intent.id);
  },
  "set cancel": async (history, { user, cancelAtPeriodEnd }) => {
    const change = cancelAtPeriodEnd ? cancelSubscription : resumeSubscription;
    const caller = callerOf(history, user);
    const buyer = await readBuyer(history.db, caller.userId);
    // Of several the first one, or none at all, by which all are refused.
    const [first] = user % 2 === 0 ? Object.values(buyer.plans ?? {}) : [];
    return await change(history.context, caller, first && { subscriptionId: first.subscriptionId });
  },
  "change product": async (history, { product, creditsAmount }) => {
    const { productId } = pickOf(history.products, product);
    await history.changeCredits(productId, creditsAmount);
  },
  pass: async (history, { days }) => {
    if (history.mustReconcile(days)) await reconcile(history);
    await history.pass(days * DAY_SECONDS);
  },
  deliver: async (history, { events, times, reversed }) => {
    const all = await history.readEvents();
    const wanted = events.map((event) => pickOf(all, event));
    await deliver(history, reversed ? wanted.toReversed() : wanted, { times, atOnce: true });
  },
  "deliver all": async (history, { reversed, atOnce }) => {
    const waiting = (await history.readEvents()).filter(({ id }) => !history.deliveredIds.has(id));
    await deliver(history, reversed ? waiting.toReversed() : waiting, { times: 1, atOnce });
  },
  trigger: async (history, { payments, times }) => {
    const { docs } = await history.db.collection("payments").get();
    if (docs.length === 0) return;
    const ids = payments.flatMap((payment) => Array.from({ length: times }, () => pickOf(docs, payment).id));
    await untilAll(ids.map(async (id) => await bookPayment(history.context, id)));
  },
  spend: async (history, { user, amount, key }) => {
    const { userId } = callerOf(history, user);
    const spent = await spendCredits(history.context, {
      userId,
      amount,
      key: `spend_${key}`,
      reason: "A story",
    });
    if (spent.outcome === "spent") noteSpent(history, `${userId} spend ${key}`, amount);
  },
  hold: async (history, { user, amount, key }) =>
    await holdCredits(history.context, {
      userId: callerOf(history, user).userId,
      amount,
      key: `hold_${key}`,
      reason: "A story",
      expiresInSeconds: 3_600 * 24 * 5,
    }),
  "end hold": async (history, { user, key, captured }) => {
    const { userId } = callerOf(history, user);
    const hold = { userId, key: `hold_${key}` };
    if (captured === null) return await releaseHold(history.context, hold);
    const ended = await captureHold(history.context, { ...hold, amount: captured });
    if (ended.outcome === "captured") noteSpent(history, `${userId} hold ${key}`, captured);
    return ended;
  },
  grant: async (history, { user, amount, key }) =>
    await grantCredits(history.context, {
      userId: callerOf(history, user).userId,
      amount,
      key: `grant_${key}`,
      reason: "A story",
      grantedBy: "admin",
    }),
  "expire credits": async ({ context }) => await sweepExpired({ ...context, fraudFreezeDays: 30 }),
  reconcile: async (history) => await reconcile(history),
  "delete user": async (history, { user }) => {
    const { userId } = callerOf(history, user);
    const deletedAt = history.context.now();
    const forgotten = await forgetUser(history.context, { userId, deletedAt });
    if (!history.isUnreliable) requireForgotten(forgotten);
  },
  "lose an answer": async (history, { route, when }) => {
    history.isUnreliable = true;
    // Once more than the SDK asks again by itself.
    await history.control.addFault({ route, fault: "error", status: 500, when, times: 3 });
  },
  together: async (history, { steps }) => {
    await untilAll(steps.map(async (step) => await run(history, step)));
  },
};

async function buy(
  history: History,
  user: number,
  input: { productId: string; quantity?: number; requestId?: string },
): Promise<string> {
  const { sessionId } = await createPaymentSession(history.context, callerOf(history, user), input);
  history.sessions.set(sessionId, callerOf(history, user).userId);
  return sessionId;
}

async function unlessRefused(history: History, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isRefusal = error instanceof GatewayError || error instanceof ControlRefusal;
    if (!isRefusal && !(error instanceof EventError && history.isUnreliable)) throw error;
  }
}

/** What goes on at once comes to its end, also beside something that fails. */
async function untilAll(works: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}

async function deliver(
  history: History,
  events: readonly ProviderEvent[],
  { times, atOnce }: { times: number; atOnce: boolean },
): Promise<void> {
  const receive = async (event: ProviderEvent) =>
    await unlessRefused(history, async () => {
      await receiveWebhook(history.context, "stripe", history.toRequest(event));
      history.deliveredIds.add(event.id);
    });
  for (let time = 0; time < times; time += 1) {
    if (atOnce) await untilAll(events.map(receive));
    else for (const event of events) await receive(event);
  }
}

function noteSpent(history: History, key: string, amount: number): void {
  const known = history.spent.get(key);
  if (known !== undefined && known !== amount)
    throw new Error(`"${key}" was spent twice: ${known}, ${amount}`);
  history.spent.set(key, amount);
}

async function withSession(
  history: History,
  session: number,
  work: (sessionId: string) => Promise<unknown>,
): Promise<void> {
  if (history.sessions.size > 0) await work(pickOf([...history.sessions.keys()], session));
}

async function pickIntent(history: History, payment: number): Promise<Stripe.PaymentIntent | undefined> {
  const { data } = await history.stripe.paymentIntents.list({ limit: 100 });
  return data.at(payment % Math.max(1, data.length));
}
