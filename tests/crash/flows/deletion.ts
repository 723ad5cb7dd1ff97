import { expect } from "vitest";
import { forgetUser, requireForgotten } from "../../../functions/src/deletion/forgetUser.ts";
import type { Process } from "../process.ts";
import type { Flow } from "../scene.ts";

/** The end of a user. */
export const deletion: readonly Flow[] = [
  {
    name: "onUserDeleted, with a recurring subscription and an open checkout",
    begin: async (stage) => {
      const { stripe, db } = stage.world;
      const buyer = stage.newBuyer();
      const planSessionId = await stage.openAndPay(buyer, "plan");
      const openId = await stage.open(buyer);
      await stage.settle();
      const { subscription } = await stripe.checkout.sessions.retrieve(planSessionId, {
        expand: ["subscription"],
      });
      const subscriptionId = typeof subscription === "object" ? (subscription?.id ?? "") : "";
      const finish = async () => {
        const known = (await db.doc(`customers/${buyer.userId}`).get()).data();
        expect(known).toMatchObject({ providers: {}, openSessions: {}, forgottenAt: expect.anything() });
        expect((await stripe.customers.list({ email: buyer.email })).data).toEqual([]);
        expect(await stripe.checkout.sessions.retrieve(openId)).toMatchObject({ status: "expired" });
        expect(await stripe.subscriptions.retrieve(subscriptionId)).toMatchObject({ status: "canceled" });
      };
      const deletedAt = new Date();
      const run = async ({ context }: Process) =>
        requireForgotten(await forgetUser(context, { userId: buyer.userId, deletedAt }));
      return { run, finish, books: [] };
    },
  },
];
