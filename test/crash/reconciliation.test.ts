import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reconcilePayments } from "../../functions/src/gateway/reconcile.ts";
import { expectBooks } from "./books.ts";
import { missTrigger } from "./flows/reconciliation.ts";
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
    expect(await reconcile()).toMatchObject({ credits: { seen: 1, repaired: 1 } });
    await expectBooks(stage.world, { buyer, expected: BOUGHT });
    await stage.world.advance(60);
    expect(await reconcile()).toMatchObject({ credits: { seen: 0 } });
  });

  async function reconcile() {
    const options = { onFailure: () => {} };
    return await reconcilePayments(stage.healthy.context, options);
  }
});
