import { addPrice } from "../market.ts";
import { prices, type WorldPrice } from "../seeker/world/catalogue.ts";
import { MoneyShop, type Plan } from "../shop.ts";

/** A shop with the seeker's catalogue, where its moves happen at local Stripe and to the product itself. */
export interface Stage {
  shop: MoneyShop;
  /** By the seeker's ids of prices. */
  plans: ReadonlyMap<string, Plan>;
}

export async function openStage(): Promise<Stage> {
  const shop = await MoneyShop.open();
  return { shop, plans: await sellAll(shop) };
}

async function sellAll(shop: MoneyShop): Promise<Map<string, Plan>> {
  const plans = new Map<string, Plan>();
  const byProduct = Map.groupBy(prices.values(), ({ productId }) => productId);
  for (const [first, ...others] of byProduct.values()) {
    if (!first) continue;
    const plan = await sell(shop, first);
    plans.set(first.priceId, plan);
    for (const other of others) plans.set(other.priceId, await sellBeside(shop, plan, other));
  }
  return plans;
}

async function sell(shop: MoneyShop, price: WorldPrice): Promise<Plan> {
  const { credits, interval, freeTimes, amounts } = price;
  const { usd: unitAmount, ...currencyOptions } = amounts;
  const wanted = {
    credits: credits > 0 ? credits : undefined,
    unitAmount,
    currencyOptions,
    metadata: { maxQuantity: "3", freeTimes: String(freeTimes) },
  };
  return await (interval === null ? shop.sellOnce(wanted) : shop.sell({ ...wanted, interval }));
}

/** Another price of the same product, which says itself what it is worth. */
async function sellBeside(shop: MoneyShop, { productId }: Plan, price: WorldPrice): Promise<Plan> {
  const { credits, interval, amounts } = price;
  const { usd, ...others } = amounts;
  const options = Object.entries(others).map(([currency, amount]) => [currency, { unit_amount: amount }]);
  const priceId = await addPrice(shop, productId, {
    unit_amount: usd,
    currency_options: Object.fromEntries(options),
    metadata: { creditsAmount: String(credits) },
    ...(interval !== null && { recurring: { interval } }),
  });
  return { productId, priceId };
}
