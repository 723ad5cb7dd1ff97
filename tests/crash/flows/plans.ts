import { expect } from "vitest";
import { createPaymentSession } from "../../../functions/src/checkout/createPaymentSession.ts";
import { cancelSubscription } from "../../../functions/src/plans/cancel.ts";
import { toId } from "../../kit/suite/harness.ts";
import type { Process } from "../process.ts";
import type { Flow, Scene } from "../scene.ts";
import type { Buyer, Stage } from "../stage.ts";

/** A user's own changes of recurring subscriptions. */
export const plans: readonly Flow[] = [
  {
    name: "cancelSubscription, one of two",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      const kept = await subscribe(stage, buyer, stage.products.plan);
      const ended = await subscribe(stage, buyer, await stage.world.sell({ isMonthly: true }));
      return toCancellation(stage, buyer, { ended, kept: [kept] });
    },
  },
  {
    name: "cancelSubscription, under a schedule",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      const ended = await subscribe(stage, buyer, stage.products.plan);
      await stage.world.stripe.subscriptionSchedules.create({ from_subscription: ended });
      await stage.settle();
      return toCancellation(stage, buyer, { ended, kept: [] });
    },
  },
];

async function subscribe(stage: Stage, buyer: Buyer, productId: string): Promise<string> {
  const { sessionId } = await createPaymentSession(stage.healthy.context, buyer, { productId });
  await stage.world.control.pay(sessionId);
  await stage.settle();
  return toId((await stage.world.stripe.checkout.sessions.retrieve(sessionId)).subscription);
}

/** The user cancels one; whatever happens on the way, it ends, once, and the others go on. */
function toCancellation(
  { world: { db, stripe } }: Stage,
  buyer: Buyer,
  { ended, kept }: { ended: string; kept: readonly string[] },
): Scene {
  const finish = async () => {
    for (const id of [ended, ...kept]) {
      const cancelAtPeriodEnd = id === ended;
      const found = await stripe.subscriptions.retrieve(id);
      expect(found).toMatchObject({ cancel_at_period_end: cancelAtPeriodEnd, schedule: null });
      const saved = (await db.doc(`plans/stripe_${id}`).get()).data();
      expect(saved).toMatchObject({ status: "active", cancelAtPeriodEnd });
      const live = (await db.doc(`customers/${buyer.userId}`).get()).get("plans");
      expect(live).toMatchObject({ [`stripe_${id}`]: { cancelAtPeriodEnd } });
    }
  };
  const run = async ({ context }: Process) =>
    await cancelSubscription(context, buyer, { subscriptionId: ended });
  return { run, finish, books: [] };
}
