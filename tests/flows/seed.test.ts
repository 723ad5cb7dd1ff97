import { deleteApp, initializeApp } from "firebase/app";
import {
  collection,
  connectFirestoreEmulator,
  getDocs,
  getFirestore,
  query,
  where,
} from "firebase/firestore";
import { describe, expect, it, onTestFinished } from "vitest";
import { CATALOGUE, seedCatalogue } from "../../local/catalogue.ts";
import { stripe, suite } from "../kit/suite/harness.ts";

describe("seedCatalogue", () => {
  it("puts every product on sale once, however often it runs", async () => {
    await seedCatalogue(suite);
    const first = await readPrices();
    await seedCatalogue(suite);
    expect(await readPrices()).toEqual(first);
    expect(first).toEqual(
      Object.fromEntries(CATALOGUE.map(({ id }) => [id, [expect.stringMatching(/^price_/)]])),
    );
  });

  it("shows the shop what Stripe sells", async () => {
    await seedCatalogue(suite);
    const documents = await readShop();
    for (const { id, creditsAmount, subscriptionDays, amount, currency, interval } of CATALOGUE) {
      const { default_price, metadata } = await stripe.products.retrieve(id);
      const price = typeof default_price === "string" ? default_price : "";
      expect(metadata["creditsAmount"]).toBe(String(creditsAmount));
      expect(documents.get(id)).toMatchObject({
        active: true,
        provider: "stripe",
        creditsAmount,
        subscriptionDays: subscriptionDays ?? null,
        defaultPriceId: price,
        prices: { [price]: { amount, currency, interval: interval ?? null, active: true } },
      });
    }
  });
});

async function readPrices(): Promise<Record<string, string[]>> {
  const entries = CATALOGUE.map(async ({ id }): Promise<[string, string[]]> => {
    const prices = await stripe.prices.list({ product: id });
    return [id, prices.data.map((price) => price.id)];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** What a visitor who is not signed in is shown. */
async function readShop(): Promise<Map<string, unknown>> {
  const app = initializeApp({ projectId: suite.projectId }, crypto.randomUUID());
  onTestFinished(() => deleteApp(app));
  const firestore = getFirestore(app);
  const { hostname, port } = new URL(`http://${suite.firestoreHost}`);
  connectFirestoreEmulator(firestore, hostname, Number(port));
  const active = query(collection(firestore, "products"), where("active", "==", true));
  const snapshot = await getDocs(active);
  return new Map(snapshot.docs.map((document) => [document.id, document.data()]));
}
