import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reconcilePayments } from "../../functions/src/reconciliation/reconcile.ts";
import { expectBooks } from "./buyerBooks.ts";
import { missTrigger, missWebhook } from "./flows/reconciliation.ts";
import { Process } from "./process.ts";
import { BOUGHT } from "./scene.ts";
import { Stage } from "./stage.ts";

describe("reconcilePayments", () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.start();
  });

  afterAll(async () => await stage.world.stop());

  it("comes back to credits that it could not book, however long ago the payment was", async () => {
    await reconcile();
    const buyer = await missTrigger(stage);
    await stage.world.advance(45);
    const account = stage.world.db.doc(`subscriptions/${buyer.userId}`);
    await account.set({ seq: "nonsense" });
    expect(await reconcile()).toMatchObject({ credits: { seen: 1, failed: 1 } });
    await account.delete();
    await stage.world.advance(60);
    // What cannot be read now cannot be read in an hour either.
    expect(await reconcile()).toMatchObject({ credits: { seen: 0 } });
    await stage.world.advance(24 * 60);
    expect(await reconcile()).toMatchObject({ credits: { seen: 1, repaired: 1 } });
    await expectBooks(stage.world, { buyer, expected: BOUGHT });
    await stage.world.advance(60);
    expect(await reconcile()).toMatchObject({ credits: { seen: 0 } });
  });

  it("comes back to an event whose work failed when that could not be noted either", async () => {
    await reconcile();
    const buyer = await missWebhook(stage);
    await stage.world.advance(45);
    const unlucky = await Process.start(stage.world);
    const refused = { when: "before", kind: "fail", error: "DATA_LOSS" } as const;
    for (const nth of [1, 2])
      void unlucky.wire.gate.inject(refused, { nth, matches: ({ name }) => name === "Commit" });
    expect(await reconcile(unlucky)).toMatchObject({ events: { repaired: 0, failed: 1 } });
    await stage.world.advance(60);
    expect(await reconcile()).toMatchObject({ events: { repaired: 1, failed: 0 } });
    await stage.settle();
    await expectBooks(stage.world, { buyer, expected: BOUGHT });
  });

  async function reconcile({ context } = stage.healthy) {
    const options = { onFailure: () => {} };
    return await reconcilePayments(context, options);
  }
});
