import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PaymentAdapterFactory } from "../../functions/src/adapters/factory.ts";
import type { PaymentAdapter } from "../../functions/src/adapters/paymentAdapter.ts";
import { requireAdapter } from "../../functions/src/adapters/require.ts";
import { Committer } from "../../functions/src/inbox/committer.ts";
import { cancelSubscription } from "../../functions/src/plans/cancel.ts";
import { refreshPlan } from "../../functions/src/plans/refresh.ts";
import { MoneyShop } from "./shop.ts";

/** Rule 21: a cancellation is seen, whatever others who read the plan before write after it. */
describe("rule 21: slow readers", () => {
  let shop: MoneyShop;
  let adapter: PaymentAdapter;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    adapter = await requireAdapter(shop.history.context, "stripe");
  });

  afterAll(async () => await shop.close());

  let reads = 0;

  /** A moment later than the others: a write that changes nothing at all is none to Firestore. */
  async function refresh(subscriptionId: string, from: PaymentAdapter): Promise<void> {
    const { context } = shop.history;
    const now = new Date(context.now().getTime() + (reads += 1));
    await refreshPlan({ ...context, now: () => now }, from, subscriptionId, new Committer(context));
  }

  /** Asks before the cancellation, of the version that another reader has just written, and writes in the midst of it. */
  async function openSlowReader(subscriptionId: string) {
    const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const fetchSubscription = async (id: string) => {
      const answer = await requireFetch(adapter)(id);
      asked.resolve();
      await released.promise;
      return answer;
    };
    const reading = refresh(subscriptionId, { ...adapter, name: adapter.name, fetchSubscription });
    await asked.promise;
    return async () => {
      released.resolve();
      await reading;
    };
  }

  it("do not hide a cancellation from whoever asked for it", async () => {
    const plan = await shop.sell({ credits: 500, unitAmount: 1_900 });
    const subscriptionId = await shop.subscribe("cancels", plan);
    await shop.settle();
    let finish: (() => Promise<void>) | undefined;
    const canceling: PaymentAdapter = {
      ...adapter,
      name: adapter.name,
      async setCancelAtPeriodEnd(change, options) {
        await refresh(subscriptionId, adapter);
        finish = await openSlowReader(subscriptionId);
        if (!adapter.setCancelAtPeriodEnd) throw new Error("Expected an adapter that can cancel");
        return await adapter.setCancelAtPeriodEnd(change, options);
      },
      async fetchSubscription(id) {
        const answer = await requireFetch(adapter)(id);
        await finish?.();
        return answer;
      },
    };
    const adapters = new PaymentAdapterFactory(
      { stripe: async () => canceling },
      { defaultProvider: "stripe" },
    );
    const caller = { userId: "cancels", email: undefined };
    const canceled = await cancelSubscription({ ...shop.history.context, adapters }, caller);
    expect(canceled).toMatchObject({ cancelAtPeriodEnd: true });
    expect(await shop.readDocument(`plans/stripe_${subscriptionId}`)).toMatchObject({
      cancelAtPeriodEnd: true,
    });
  });
});

function requireFetch(adapter: PaymentAdapter): NonNullable<PaymentAdapter["fetchSubscription"]> {
  if (!adapter.fetchSubscription) throw new Error("Expected an adapter that can read subscriptions");
  return async (id) => {
    const fetched = await adapter.fetchSubscription?.(id);
    if (!fetched) throw new Error("Expected an answer");
    return fetched;
  };
}
