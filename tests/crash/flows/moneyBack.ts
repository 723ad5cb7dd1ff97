import { migrate } from "../../../functions/src/admin/migrate.ts";
import { revokeTestPayments } from "../../../functions/src/admin/revokeTestPayments.ts";
import { thaw } from "../../../functions/src/admin/thaw.ts";
import { sweepExpired } from "../../../functions/src/credits/sweep.ts";
import { refundPayment } from "../../../functions/src/refunds/refundPayment.ts";
import type { BuyerBooks } from "../buyerBooks.ts";
import type { Process } from "../process.ts";
import { BOUGHT, REFUNDED, type Flow, type Scene } from "../scene.ts";
import type { Buyer, Stage } from "../stage.ts";
import { toDelivery } from "./purchases.ts";

const FROZEN: BuyerBooks = { ...BOUGHT, credits: 0 };

/** Refunds and disputes: how they become known, and what becomes of the credits. */
export const moneyBack: readonly Flow[] = [
  {
    name: "refundPayment",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      const request = {
        paymentId: `stripe_${await stage.buy(buyer)}`,
        requestId: crypto.randomUUID(),
      };
      const run = async ({ context }: Process) => await refundPayment(context, request);
      return { run, books: [{ buyer, expected: REFUNDED }] };
    },
  },
  {
    name: "webhook, refund",
    begin: async (stage) => await toRefund(stage, "refund.created"),
  },
  {
    name: "webhook, refund that is read again",
    begin: async (stage) => await toRefund(stage, "charge.refunded"),
  },
  {
    name: "webhook, refund of an unknown payment",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      const paymentIntent = await stage.world.readPaymentIntent(await stage.openAndPay(buyer));
      await stage.world.control.refund(paymentIntent);
      // Paid and given back before anything was booked: there was never anything to take back.
      const expected = { ...REFUNDED, entries: 0 };
      return await toDelivery(stage, { type: "refund.created", buyer, expected });
    },
  },
  {
    name: "onPaymentWritten, refund",
    begin: async (stage) => {
      const { buyer, paymentIntent } = await toBought(stage);
      await stage.world.control.refund(paymentIntent);
      await stage.healthy.receiveEvent(await stage.world.readEvent("refund.created"));
      return toTrigger({ buyer, paymentIntent, expected: REFUNDED });
    },
  },
  {
    name: "webhook, dispute opened",
    begin: async (stage) => {
      const { buyer, paymentIntent } = await toBought(stage);
      await stage.world.control.dispute(paymentIntent);
      return await toDelivery(stage, { type: "charge.dispute.created", buyer, expected: FROZEN });
    },
  },
  {
    name: "onPaymentWritten, dispute opened",
    begin: async (stage) => {
      const { buyer, paymentIntent } = await toBought(stage);
      await stage.world.control.dispute(paymentIntent);
      await stage.healthy.receiveEvent(await stage.world.readEvent("charge.dispute.created"));
      return toTrigger({ buyer, paymentIntent, expected: FROZEN });
    },
  },
  {
    name: "webhook, dispute won",
    begin: async (stage) => {
      const { buyer, paymentIntent } = await toBought(stage);
      const { id: disputeId } = await stage.world.control.dispute(paymentIntent);
      await stage.settle();
      await stage.world.control.closeDispute(disputeId, "won");
      return await toDelivery(stage, { type: "charge.dispute.closed", buyer, expected: BOUGHT });
    },
  },
  {
    name: "thaw",
    begin: async (stage) => {
      const { buyer, paymentIntent } = await toWarned(stage);
      const wanted = { paymentId: `stripe_${paymentIntent}`, actor: "root", reason: "A regular" };
      const run = async ({ context }: Process) => await thaw(context, wanted);
      return { run, books: [{ buyer, expected: BOUGHT }] };
    },
  },
  {
    name: "migrate",
    needsOwnStage: true,
    begin: async (stage) => {
      const { buyer, paymentIntent } = await toWarned(stage);
      await makeOld(stage, `payments/stripe_${paymentIntent}`);
      const finish = async () => await expectMoved(stage, `payments/stripe_${paymentIntent}`);
      return { run: migrateAll, finish, books: [{ buyer, expected: FROZEN }] };
    },
  },
  {
    name: "revokeTestPayments",
    // It goes through everybody's payments.
    needsOwnStage: true,
    begin: async (stage) => {
      const { buyer } = await toBought(stage);
      return { run: revokeAll, books: [{ buyer, expected: { ...BOUGHT, credits: 0, entries: 2 } }] };
    },
  },
  {
    name: "revokeTestPayments, of a plan",
    needsOwnStage: true,
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      await stage.openAndPay(buyer, "plan");
      await stage.settle();
      return { run: revokeAll, books: [{ buyer, expected: { ...BOUGHT, credits: 0, entries: 2 } }] };
    },
  },
  {
    name: "expireCredits, fraud warning",
    begin: async (stage) => {
      const { buyer } = await toWarned(stage);
      await stage.world.advance(2);
      const fraudFreezeDays = 1 / 1_440;
      const run = async ({ context }: Process) => await sweepExpired({ ...context, fraudFreezeDays });
      return { run, books: [{ buyer, expected: BOUGHT }] };
    },
  },
];

async function migrateAll({ context }: Process): Promise<void> {
  await migrate(context, {});
  await migrate(context, { cursor: "accounts:" });
}

/** Puts back into a payment what was not hidden before. */
async function makeOld({ healthy: { context } }: Stage, path: string): Promise<void> {
  const payment = context.db.doc(path);
  const hidden = payment.collection("private").doc("facts");
  await payment.update({ "facts.disputes": (await hidden.get()).get("disputes") });
  await hidden.delete();
}

async function expectMoved({ healthy: { context } }: Stage, path: string): Promise<void> {
  const payment = await context.db.doc(path).get();
  const hidden = await payment.ref.collection("private").doc("facts").get();
  if (Object.keys(Object(payment.get("facts.disputes"))).length > 0 || hidden.get("frozen") !== true)
    throw new Error(`Payment "${path}" was not moved`);
}

async function revokeAll({ context }: Process): Promise<void> {
  await revokeTestPayments(context, { dryRun: false });
}

/** A payment whose credits a bank's warning has frozen. */
async function toWarned(stage: Stage): Promise<{ buyer: Buyer; paymentIntent: string }> {
  const bought = await toBought(stage);
  await stage.world.control.warnOfFraud(bought.paymentIntent);
  await stage.settle();
  return bought;
}

async function toBought(stage: Stage): Promise<{ buyer: Buyer; paymentIntent: string }> {
  const buyer = stage.newBuyer();
  return { buyer, paymentIntent: await stage.buy(buyer) };
}

/** The merchant gives everything back in Stripe's dashboard. */
async function toRefund(stage: Stage, type: string): Promise<Scene> {
  const { buyer, paymentIntent } = await toBought(stage);
  await stage.world.control.refund(paymentIntent);
  return await toDelivery(stage, { type, buyer, expected: REFUNDED });
}

function toTrigger(told: { buyer: Buyer; paymentIntent: string; expected: BuyerBooks }): Scene {
  const { buyer, paymentIntent, expected } = told;
  return {
    run: async (process) => await process.paymentWritten(`stripe_${paymentIntent}`),
    books: [{ buyer, expected }],
  };
}
