import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoneyShop } from "./shop.ts";

/** Rule 3: Stripe shows the first ten lines of an invoice, and the renewal is the last one. */
describe("rule 3: all lines", () => {
  let shop: MoneyShop;

  beforeAll(async () => {
    shop = await MoneyShop.open();
  });

  afterAll(async () => await shop.close());

  it.each([2, 5, 12])("gives the renewal that comes after the lines of %i changes", async (changes) => {
    const small = await shop.sell({ credits: 500, unitAmount: 1_900 });
    const large = await shop.sell({ credits: 850, unitAmount: 3_800 });
    const userId = `changeable ${changes}`;
    const subscriptionId = await shop.subscribe(userId, small);
    for (let change = 1; change <= changes; change += 1) {
      const plan = change % 2 === 1 ? large : small;
      await shop.change(subscriptionId, { plan, behavior: "create_prorations" });
    }
    await shop.renew();
    const invoice = await shop.readLatestInvoice(subscriptionId);
    const isCut = 2 * changes + 1 > 10;
    expect(invoice.lines.has_more).toBe(isCut);
    expect(invoice.lines.data).toHaveLength(Math.min(10, 2 * changes + 1));
    // The changes were made in the first second, for the whole first period.
    const renewed = changes % 2 === 1 ? 850 : 500;
    expect((await shop.readCredits(userId)).given).toBe(renewed + renewed);
  });
});
