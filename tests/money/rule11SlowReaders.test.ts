import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PaymentAdapter } from "../../functions/src/adapters/paymentAdapter.ts";
import { requireAdapter } from "../../functions/src/adapters/require.ts";
import { refreshProduct } from "../../functions/src/catalogue/refresh.ts";
import { Committer } from "../../functions/src/inbox/committer.ts";
import { MS_PER_DAY } from "../../functions/src/platform/instant.ts";
import { addPrice, createPack, readProduct } from "./market.ts";
import { MoneyShop } from "./shop.ts";

/** Rule 11: what is for sale is what the provider was asked last, whichever answer is written last, and by whose clock. */
describe("rule 11: slow readers", () => {
  let shop: MoneyShop;
  let adapter: PaymentAdapter;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    adapter = await requireAdapter(shop.history.context, "stripe");
  });

  afterAll(async () => await shop.close());

  async function refresh(productId: string, { from = adapter, skewMs = 0 } = {}) {
    const { context } = shop.history;
    const skewed = { ...context, now: () => new Date(context.now().getTime() + skewMs) };
    return await refreshProduct(skewed, from, productId, new Committer(context));
  }

  /** An adapter whose first answer takes a while, and what to wait for. */
  function slow() {
    const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const reads: string[] = [];
    const fetchProduct: PaymentAdapter["fetchProduct"] = async (productId) => {
      reads.push(productId);
      const answer = await adapter.fetchProduct(productId);
      asked.resolve();
      await released.promise;
      return answer;
    };
    return {
      from: { ...adapter, name: adapter.name, fetchProduct },
      asked: asked.promise,
      release: released.resolve,
      reads,
    };
  }

  async function pricesOf(productId: string): Promise<string[]> {
    return Object.keys((await readProduct(shop, productId))?.["prices"] ?? {}).toSorted();
  }

  it.each([0, -MS_PER_DAY, MS_PER_DAY])(
    "keep nothing newer from being seen, if their clock differs by %d ms",
    async (skewMs) => {
      for (const isKnown of [false, true]) {
        const { productId, priceId } = await createPack(shop);
        if (isKnown) await refresh(productId);
        const reader = slow();
        const reading = refresh(productId, { from: reader.from, skewMs });
        await reader.asked;
        const added = await addPrice(shop, productId, { metadata: { creditsAmount: "150" } });
        await refresh(productId);
        reader.release();
        const both = [priceId, added].toSorted();
        expect(await reading).toMatchObject({ outcome: "applied", product: { prices: { [added]: {} } } });
        expect(await pricesOf(productId)).toEqual(both);
        expect(reader.reads).toHaveLength(2);
      }
    },
  );

  it("keep nothing from coming back to what it was", async () => {
    const { productId, priceId } = await createPack(shop);
    await refresh(productId);
    const added = await addPrice(shop, productId, { metadata: { creditsAmount: "150" } });
    const reader = slow();
    const reading = refresh(productId, { from: reader.from });
    await reader.asked;
    await shop.stripe.prices.update(added, { active: false });
    // A moment later, as it always is: a write that changes nothing at all is none to Firestore.
    expect(await refresh(productId, { skewMs: 1 })).toMatchObject({ changed: false });
    reader.release();
    await reading;
    expect(await pricesOf(productId)).toEqual([priceId]);
  });

  it("ask at most twice, however many others write", async () => {
    const { productId } = await createPack(shop);
    const readers = Array.from({ length: 30 }, () => slow());
    const reading = readers.map(async ({ from }) => await refresh(productId, { from }));
    await Promise.all(readers.map(async ({ asked }) => await asked));
    const added = await addPrice(shop, productId, { metadata: { creditsAmount: "150" } });
    for (const { release } of readers) release();
    for (const refreshed of await Promise.all(reading))
      expect(refreshed).toMatchObject({ outcome: "applied" });
    await refresh(productId);
    expect(await pricesOf(productId)).toContain(added);
    for (const { reads } of readers) expect(reads.length).toBeLessThanOrEqual(2);
  });
});
