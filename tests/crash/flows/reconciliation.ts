import { expect } from "vitest";
import { reconcilePayments } from "../../../functions/src/reconciliation/reconcile.ts";
import type { Call } from "../../kit/transport/gate.ts";
import { expectBooks } from "../buyerBooks.ts";
import { Process } from "../process.ts";
import { BOUGHT, OPENED, type Flow } from "../scene.ts";
import type { Buyer, Stage } from "../stage.ts";

/**
 * An hour in which everything was missed that can be missed, and will not be told again: only the reconciliations after
 * it can know. The first of them is the one that is interrupted, the second comes an hour later.
 */
export const reconciliation: readonly Flow[] = [
  {
    name: "reconcilePayments",
    needsOwnStage: true,
    begin: async (stage) => {
      await reconcile(stage.healthy);
      await stage.world.advance(15);
      const bought = [await missWebhook(stage), await missTrigger(stage), await failOnce(stage)];
      const books = [
        ...bought.map((buyer) => ({ buyer, expected: BOUGHT })),
        { buyer: await overstay(stage), expected: OPENED },
      ];
      await stage.world.advance(45);
      const finish = async () => {
        for (const book of books) await expectBooks(stage.world, book);
      };
      return { run: reconcile, pass: async () => await stage.world.advance(60), finish, books };
    },
  },
];

async function reconcile({ context }: Process): Promise<void> {
  await reconcilePayments(context, { onFailure: () => {} });
}

/** Paid, and no webhook came. */
export async function missWebhook(stage: Stage): Promise<Buyer> {
  const buyer = stage.newBuyer();
  await stage.openAndPay(buyer);
  return buyer;
}

/** The payment is known, and no trigger came. */
export async function missTrigger(stage: Stage): Promise<Buyer> {
  const buyer = stage.newBuyer();
  await stage.openAndPay(buyer);
  await stage.healthy.receiveEvent(await stage.world.readEvent("checkout.session.completed"));
  return buyer;
}

/** The webhook came and failed, and waits in the inbox. */
async function failOnce(stage: Stage): Promise<Buyer> {
  const buyer = stage.newBuyer();
  await stage.openAndPay(buyer);
  const process = await Process.start(stage.world);
  void process.wire.gate.inject({ when: "before", kind: "fail", error: "DATA_LOSS" }, { matches: isCommit });
  const event = await stage.world.readEvent("checkout.session.completed");
  await Promise.allSettled([process.receiveEvent(event)]);
  const entry = await stage.world.db.doc(`webhook_events/stripe_${event.id}`).get();
  expect(entry.data()).toMatchObject({ status: "failed" });
  return buyer;
}

/** Still open, although it should be over by now. */
async function overstay(stage: Stage): Promise<Buyer> {
  const buyer = stage.newBuyer();
  const sessionId = await stage.open(buyer);
  await stage.world.db.doc(`payment_sessions/${sessionId}`).update({ expiresAt: stage.world.now() });
  return buyer;
}

function isCommit({ name }: Call): boolean {
  return name === "Commit";
}
