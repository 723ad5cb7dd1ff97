import type { Stripe } from "stripe";
import { forgetUser } from "../../functions/src/deletion/forgetUser.ts";
import { EventError, GatewayError } from "../../functions/src/platform/errors.ts";
import { setCancelAtPeriodEnd } from "../../functions/src/plans/plans.ts";
import { reconcilePayments } from "../../functions/src/reconciliation/reconcile.ts";
import { refundPayment } from "../../functions/src/refunds/refundPayment.ts";
import { createPaymentSession, verifyPayment } from "../../functions/src/checkout/checkout.ts";
import type { ReconciliationReport } from "../../functions/src/contract/types.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import {
  captureHold,
  grantCredits,
  holdCredits,
  releaseHold,
  settleCredits,
  spendCredits,
  sweepExpired,
} from "../../functions/src/credits/service.ts";
import {
  CARDS,
  ControlRefusal,
  type PayBy,
  type ProviderEvent,
} from "../../local/stripe/testing/controlClient.ts";
import type { Step } from "./steps.ts";
import type { World } from "./world.ts";

const DAY_SECONDS = 86_400;

const PAYMENTS: Readonly<Record<Played<"pay">["by"], PayBy>> = {
  card: { card: CARDS.good },
  "declined card": { card: CARDS.declined },
  "bank debit": { method: "bank_debit" },
};

type Played<Name extends Step["do"]> = Extract<Step, { do: Name }>;
type Player = { [Name in Step["do"]]: (world: World, step: Played<Name>) => Promise<unknown> };

/** Plays one step. A refusal is an answer; anything else that is thrown is a bug. */
export async function play(world: World, step: Step): Promise<void> {
  await world.pass(1);
  await run(world, step);
}

async function run<Name extends Step["do"]>(world: World, step: Played<Name> & { do: Name }): Promise<void> {
  const player: (world: World, step: Played<Name>) => Promise<unknown> = players[step.do];
  await unlessRefused(world, async () => await player(world, step));
}

/** One run of `reconcilePayments`, as every hour brings one. */
export async function reconcile(world: World): Promise<ReconciliationReport> {
  world.noteReconciled();
  return await reconcilePayments(world.context, {
    onFailure: ({ error }) => {
      if (!world.isUnreliable) throw error;
    },
  });
}

const players: Player = {
  buy: async (world, { user, product, quantity, requestId }) => {
    const { productId } = pickOf(world.products, product);
    const input = { productId, quantity, ...(requestId !== null && { requestId: `request_${requestId}` }) };
    await buy(world, user, input);
  },
  purchase: async (world, { user, product }) => {
    const { productId } = pickOf(world.products, product);
    await world.control.pay(await buy(world, user, { productId }));
  },
  pay: async (world, { session, by }) => {
    await withSession(world, session, async (id) => await world.control.pay(id, PAYMENTS[by]));
  },
  expire: async (world, { session }) => {
    await withSession(world, session, async (id) => await world.control.expire(id));
  },
  "settle debit": async (world, { session, outcome }) => {
    await withSession(world, session, async (id) => {
      // Not by its own route, whose answers may be lost.
      const { data } = await world.stripe.checkout.sessions.list({ limit: 100 });
      const intent = data.find((listed) => listed.id === id)?.payment_intent;
      if (typeof intent === "string") await world.control.settle(intent, outcome);
    });
  },
  verify: async (world, { user, session }) => {
    await withSession(world, session, async (sessionId) => {
      const { userId } = callerOf(world, user);
      const [result] = await Promise.allSettled([
        verifyPayment(world.context, callerOf(world, user), { sessionId }),
      ]);
      if (world.sessions.get(sessionId) !== userId && result.status === "fulfilled")
        throw new Error(`"${userId}" saw "${sessionId}"`);
      if (result.status === "rejected") throw result.reason;
    });
  },
  refund: async (world, { payment, percent, byAdmin }) => {
    const intent = await pickIntent(world, payment);
    if (!intent) return;
    const amount = Math.max(1, Math.floor((intent.amount_received * percent) / 100));
    const [paymentId, requestId] = [`stripe_${intent.id}`, `refund_${payment % 3}`];
    if (byAdmin) await refundPayment(world.context, { paymentId, amount, requestId });
    else await world.control.refund(intent.id, { amount });
  },
  "fail refund": async (world, { refund }) => {
    const { data } = await world.stripe.refunds.list({ limit: 100 });
    const found = data.at(refund % Math.max(1, data.length));
    if (found) await world.control.failRefund(found.id);
  },
  dispute: async (world, { payment, percent, inquiry }) => {
    const intent = await pickIntent(world, payment);
    if (!intent) return;
    const amount = Math.max(1, Math.floor((intent.amount_received * percent) / 100));
    await world.control.dispute(intent.id, { amount, inquiry });
  },
  "close dispute": async (world, { dispute, outcome }) => {
    const { data } = await world.stripe.disputes.list({ limit: 100 });
    const found = data.at(dispute % Math.max(1, data.length));
    if (found) await world.control.closeDispute(found.id, outcome);
  },
  "warn of fraud": async (world, { payment }) => {
    const intent = await pickIntent(world, payment);
    if (intent) await world.control.warnOfFraud(intent.id);
  },
  "change card": async (world, { subscription, failing }) => {
    const found = await pickSubscription(world, subscription);
    const card = failing ? CARDS.failing : CARDS.good;
    if (found) await world.control.setCard(found.id, card);
  },
  "pay invoice": async (world, { subscription }) => {
    const found = await pickSubscription(world, subscription);
    if (!found) return;
    const { data } = await world.stripe.invoices.list({ subscription: found.id, status: "open" });
    const [invoiceId] = data.flatMap(({ id }) => id ?? []);
    if (invoiceId !== undefined) await atStripe(async () => await world.stripe.invoices.pay(invoiceId));
  },
  "change plan": async (world, { subscription, product }) => {
    const found = await pickSubscription(world, subscription);
    const item = found?.items.data[0];
    if (!found || !item) return;
    const { priceId: price } = pickOf(
      world.products.filter(({ isRecurring }) => isRecurring),
      product,
    );
    await atStripe(
      async () =>
        await world.stripe.subscriptions.update(found.id, {
          items: [{ id: item.id, price }],
          proration_behavior: "always_invoice",
        }),
    );
  },
  "set cancel": async (world, { user, cancelAtPeriodEnd }) =>
    await setCancelAtPeriodEnd(world.context, callerOf(world, user), cancelAtPeriodEnd),
  "change product": async (world, { product, creditsAmount }) => {
    const { productId } = pickOf(world.products, product);
    await world.stripe.products.update(productId, { metadata: { creditsAmount } });
  },
  pass: async (world, { days }) => {
    if (world.mustReconcile(days)) await reconcile(world);
    await world.pass(days * DAY_SECONDS);
  },
  deliver: async (world, { events, times, reversed }) => {
    const all = await world.readEvents();
    const wanted = events.map((event) => pickOf(all, event));
    await deliver(world, reversed ? wanted.toReversed() : wanted, { times, atOnce: true });
  },
  "deliver all": async (world, { reversed, atOnce }) => {
    const waiting = (await world.readEvents()).filter(({ id }) => !world.deliveredIds.has(id));
    await deliver(world, reversed ? waiting.toReversed() : waiting, { times: 1, atOnce });
  },
  trigger: async (world, { payments, times }) => {
    const { docs } = await world.db.collection("payments").get();
    if (docs.length === 0) return;
    const ids = payments.flatMap((payment) => Array.from({ length: times }, () => pickOf(docs, payment).id));
    await untilAll(ids.map(async (id) => await settleCredits(world.context, id)));
  },
  spend: async (world, { user, amount, key }) => {
    const { userId } = callerOf(world, user);
    const spent = await spendCredits(world.context, {
      userId,
      amount,
      key: `spend_${key}`,
      reason: "A story",
    });
    if (spent.outcome === "spent") noteSpent(world, `${userId} spend ${key}`, amount);
  },
  hold: async (world, { user, amount, key }) =>
    await holdCredits(world.context, {
      userId: callerOf(world, user).userId,
      amount,
      key: `hold_${key}`,
      reason: "A story",
      expiresInSeconds: 3_600 * 24 * 5,
    }),
  "end hold": async (world, { user, key, captured }) => {
    const { userId } = callerOf(world, user);
    const hold = { userId, key: `hold_${key}` };
    if (captured === null) return await releaseHold(world.context, hold);
    const ended = await captureHold(world.context, { ...hold, amount: captured });
    if (ended.outcome === "captured") noteSpent(world, `${userId} hold ${key}`, captured);
    return ended;
  },
  grant: async (world, { user, amount, key }) =>
    await grantCredits(world.context, {
      userId: callerOf(world, user).userId,
      amount,
      key: `grant_${key}`,
      reason: "A story",
      grantedBy: "admin",
    }),
  "expire credits": async ({ context }) => await sweepExpired(context),
  reconcile: async (world) => await reconcile(world),
  "delete user": async (world, { user }) => await forgetUser(world.context, callerOf(world, user).userId),
  "lose an answer": async (world, { route, when }) => {
    world.isUnreliable = true;
    // Once more than the SDK asks again by itself.
    await world.control.addFault({ route, fault: "error", status: 500, when, times: 3 });
  },
  together: async (world, { steps }) => {
    await untilAll(steps.map(async (step) => await run(world, step)));
  },
};

async function buy(
  world: World,
  user: number,
  input: { productId: string; quantity?: number; requestId?: string },
): Promise<string> {
  const { sessionId } = await createPaymentSession(world.context, callerOf(world, user), input);
  world.sessions.set(sessionId, callerOf(world, user).userId);
  return sessionId;
}

async function unlessRefused(world: World, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isRefusal = error instanceof GatewayError || error instanceof ControlRefusal;
    if (!isRefusal && !(error instanceof EventError && world.isUnreliable)) throw error;
  }
}

/** What goes on at once comes to its end, also beside something that fails. */
async function untilAll(works: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  for (const end of ended) if (end.status === "rejected") throw end.reason;
}

/** What Stripe refuses did not happen. */
async function atStripe(work: () => Promise<unknown>): Promise<void> {
  await Promise.allSettled([work()]);
}

async function deliver(
  world: World,
  events: readonly ProviderEvent[],
  { times, atOnce }: { times: number; atOnce: boolean },
): Promise<void> {
  const receive = async (event: ProviderEvent) =>
    await unlessRefused(world, async () => {
      await receiveWebhook(world.context, "stripe", world.toRequest(event));
      world.deliveredIds.add(event.id);
    });
  for (let time = 0; time < times; time += 1) {
    if (atOnce) await untilAll(events.map(receive));
    else for (const event of events) await receive(event);
  }
}

function noteSpent(world: World, key: string, amount: number): void {
  const known = world.spent.get(key);
  if (known !== undefined && known !== amount)
    throw new Error(`"${key}" was spent twice: ${known}, ${amount}`);
  world.spent.set(key, amount);
}

function callerOf(world: World, user: number): { userId: string; email: string } {
  const userId = pickOf(world.users, user);
  return { userId, email: `${userId}@example.com` };
}

function pickOf<T>(all: readonly T[], index: number): T {
  const found = all[index % all.length];
  if (found === undefined) throw new Error("Nothing to pick from");
  return found;
}

async function withSession(
  world: World,
  session: number,
  work: (sessionId: string) => Promise<unknown>,
): Promise<void> {
  if (world.sessions.size > 0) await work(pickOf([...world.sessions.keys()], session));
}

async function pickIntent(world: World, payment: number): Promise<Stripe.PaymentIntent | undefined> {
  const { data } = await world.stripe.paymentIntents.list({ limit: 100 });
  return data.at(payment % Math.max(1, data.length));
}

async function pickSubscription(world: World, index: number): Promise<Stripe.Subscription | undefined> {
  const { data } = await world.stripe.subscriptions.list({ limit: 100, status: "all" });
  return data.at(index % Math.max(1, data.length));
}
