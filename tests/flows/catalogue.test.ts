import { describe, expect, it } from "vitest";
import { untilDelivered } from "../kit/suite/deliveries.ts";
import { deliver, findEvent } from "../kit/suite/events.ts";
import {
  control,
  createProduct,
  db,
  readAccount,
  signUp,
  stripe,
  toId,
  untilGranted,
} from "../kit/suite/harness.ts";
import { eventually } from "../kit/eventually.ts";

describe("the catalogue", () => {
  it("follows the provider's products and prices", async () => {
    const productId = await createProduct({ creditsAmount: "10", subscriptionDays: "30", unitAmount: 900 });
    await untilProduct(productId, { active: true, creditsAmount: 10, subscriptionDays: 30, name: "Credits" });
    const price = await stripe.prices.create({ product: productId, currency: "eur", unit_amount: 800 });
    await stripe.products.update(productId, {
      name: "More credits",
      default_price: price.id,
      metadata: { creditsAmount: "20", subscriptionDays: "" },
    });
    await untilProduct(productId, {
      name: "More credits",
      creditsAmount: 20,
      subscriptionDays: null,
      defaultPriceId: price.id,
      prices: {
        [price.id]: { amount: 800, currency: "eur", active: true, type: "one_time", interval: null },
      },
    });
    await stripe.products.update(productId, { active: false });
    await untilProduct(productId, { active: false });
  });

  it("takes a product out of sale that has lost its credits, and never shows one that has none", async () => {
    const [productId, foreignId] = [await createProduct(), await createProduct({ creditsAmount: undefined })];
    await untilProduct(productId, { active: true });
    await stripe.products.update(productId, { metadata: { creditsAmount: "" } });
    await untilProduct(productId, { active: false });
    const event = await findEvent("product.created", foreignId);
    expect(await deliver(event)).toEqual({ status: 200, outcome: "ignored" });
    expect((await db.collection("products").doc(foreignId).get()).exists).toBe(false);
  });

  it("is filled by the first purchase where an event was lost", async () => {
    const user = await signUp();
    const productId = await createProduct();
    await untilProduct(productId, {});
    await db.collection("products").doc(productId).delete();
    await user.functionProvider.run("createPaymentSession", { productId });
    await untilProduct(productId, { active: true, creditsAmount: 100 });
  });

  it("costs a returning buyer one provider call", async () => {
    const user = await signUp();
    const productId = await createProduct();
    await user.functionProvider.run("createPaymentSession", { productId });
    // What the webhooks of the catalogue's events ask Stripe would be counted, too.
    await untilDelivered();
    const before = (await control.readRequests()).length;
    const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
    const made = (await control.readRequests()).slice(before);
    expect(made).toMatchObject([{ method: "POST", path: "/v1/checkout/sessions", status: 200 }]);
    await control.pay(sessionId);
    await untilGranted(user, sessionId);
  });

  it("grants what the buyer was shown when the product changes before he pays", async () => {
    const user = await signUp();
    const productId = await createProduct({ creditsAmount: "100" });
    const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
    await stripe.products.update(productId, { metadata: { creditsAmount: "1" } });
    await untilProduct(productId, { creditsAmount: 1 });
    await control.pay(sessionId);
    await untilGranted(user, sessionId);
    expect((await readAccount(user.uid)).subscription).toMatchObject({ availableCredits: 100 });
  });

  it("sells at a price that was asked for", async () => {
    const user = await signUp();
    const productId = await createProduct();
    const price = await stripe.prices.create({
      product: productId,
      currency: "eur",
      unit_amount: 700,
      metadata: { creditsAmount: "150" },
    });
    await untilProduct(productId, { prices: { [price.id]: { amount: 700, creditsAmount: 150 } } });
    const { sessionId } = await user.functionProvider.run("createPaymentSession", {
      productId,
      priceId: price.id,
    });
    const session = await stripe.checkout.sessions.retrieve(sessionId, { expand: ["line_items"] });
    expect(session).toMatchObject({ amount_total: 700, currency: "eur" });
    expect(toId(session.line_items?.data[0]?.price)).toBe(price.id);
  });
});

async function untilProduct(productId: string, expected: object): Promise<void> {
  await eventually(async () => {
    const product = (await db.collection("products").doc(productId).get()).data();
    expect(product).toMatchObject({ provider: "stripe", ...expected });
  });
}
