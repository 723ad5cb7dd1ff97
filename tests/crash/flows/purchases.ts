import { expect } from "vitest";
import { createPaymentSession } from "../../../functions/src/checkout/createPaymentSession.ts";
import { verifyPayment } from "../../../functions/src/checkout/verifyPayment.ts";
import type { CreatePaymentSessionResult } from "../../../functions/src/contract/calls.ts";
import type { BuyerBooks } from "../buyerBooks.ts";
import type { Process } from "../process.ts";
import { BOUGHT, OPENED, type Flow, type Scene } from "../scene.ts";
import type { Buyer, Offer, Stage } from "../stage.ts";

const BOUGHT_TWICE: BuyerBooks = { ...BOUGHT, sessions: 2, charged: 1_000, credits: 200, entries: 2 };

/** From the wish to buy to the credits, and every webhook on the way. */
export const purchases: readonly Flow[] = [
  {
    name: "createPaymentSession, first purchase",
    begin: async (stage) => toOrder(stage, { buyer: stage.newBuyer() }),
  },
  {
    name: "createPaymentSession, known customer",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      await stage.buy(buyer);
      return toOrder(stage, { buyer, expected: BOUGHT_TWICE });
    },
  },
  {
    name: "createPaymentSession, product not in the catalogue",
    begin: async (stage) => toOrder(stage, { buyer: stage.newBuyer(), productId: await stage.world.sell() }),
  },
  {
    name: "verifyPayment, before the webhook",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      const sessionId = await stage.openAndPay(buyer);
      const run = async ({ context }: Process) => await verifyPayment(context, buyer, { sessionId });
      return { run, books: [{ buyer, expected: BOUGHT }] };
    },
  },
  {
    name: "webhook, paid checkout",
    begin: async (stage) => await toPaidDelivery(stage, { type: "checkout.session.completed" }),
  },
  {
    name: "webhook, paid checkout that was never written",
    begin: async (stage) => {
      const scene = await toPaidDelivery(stage, { type: "checkout.session.completed" });
      const { docs } = await stage.world.db
        .collection("payment_sessions")
        .where("status", "==", "created")
        .get();
      await Promise.all(docs.map(({ ref }) => ref.delete()));
      return scene;
    },
  },
  {
    name: "webhook, expired checkout",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      await stage.world.control.expire(await stage.open(buyer));
      return await toDelivery(stage, { type: "checkout.session.expired", buyer, expected: OPENED });
    },
  },
  {
    name: "webhook, invoice paid",
    begin: async (stage) => await toPaidDelivery(stage, { type: "invoice.paid", offer: "plan" }),
  },
  {
    name: "webhook, recurring subscription",
    begin: async (stage) =>
      await toPaidDelivery(stage, { type: "customer.subscription.created", offer: "plan" }),
  },
  {
    name: "webhook, product changed",
    begin: async (stage) => {
      const productId = await stage.world.sell();
      const scene = await toPaidDelivery(stage, { type: "product.created" });
      const finish = async () => {
        const product = await stage.world.db.doc(`products/${productId}`).get();
        expect(product.data()).toMatchObject({ active: true, creditsAmount: 100 });
      };
      return { ...scene, finish };
    },
  },
  {
    name: "onPaymentWritten, purchase",
    begin: async (stage) => {
      const buyer = stage.newBuyer();
      const sessionId = await stage.openAndPay(buyer);
      await stage.healthy.receiveEvent(await stage.world.readEvent("checkout.session.completed"));
      const paymentId = `stripe_${await stage.world.readPaymentIntent(sessionId)}`;
      const run = async (process: Process) => await process.paymentWritten(paymentId);
      return { run, books: [{ buyer, expected: BOUGHT }] };
    },
  },
];

/** A buyer who asks for a session, again and again if need be, and pays the one they are given. */
function toOrder(stage: Stage, order: { buyer: Buyer; productId?: string; expected?: BuyerBooks }): Scene {
  const { buyer, productId = stage.products.pack, expected = BOUGHT } = order;
  const request = { productId, requestId: crypto.randomUUID() };
  const given: CreatePaymentSessionResult[] = [];
  return {
    run: async ({ context }) => void given.push(await createPaymentSession(context, buyer, request)),
    finish: async () => {
      const [sessionId = "", ...others] = new Set(given.map((session) => session.sessionId));
      expect(others).toEqual([]);
      await stage.world.control.pay(sessionId);
    },
    books: [{ buyer, expected }],
  };
}

/** A paid checkout of which Stripe tells. */
async function toPaidDelivery(
  stage: Stage,
  { type, offer }: { type: string; offer?: Offer },
): Promise<Scene> {
  const buyer = stage.newBuyer();
  await stage.openAndPay(buyer, offer);
  return await toDelivery(stage, { type, buyer, expected: BOUGHT });
}

/** Stripe tells of what happened last. */
export async function toDelivery(
  stage: Stage,
  { type, buyer, expected }: { type: string; buyer: Buyer; expected: BuyerBooks },
): Promise<Scene> {
  const event = await stage.world.readEvent(type);
  return {
    run: async (process) => await process.receiveEvent(event),
    books: [{ buyer, expected }],
  };
}
