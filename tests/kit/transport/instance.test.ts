import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deliver } from "../suite/events.ts";
import { callFunction, runSchedule, sendWritten } from "./callers.ts";
import { Instance } from "./instance.ts";
import type { Wire } from "./wire.ts";
import { World } from "./world.ts";

describe("an instance", () => {
  const running: Instance[] = [];
  let world: World;
  let wire: Wire;

  beforeAll(async () => {
    world = await World.start();
    wire = await world.openWire();
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((instance) => instance.kill()));
  });

  afterAll(async () => await world.stop());

  it("of each kind does its part of a purchase", async () => {
    const open = await start("createPaymentSession");
    const caller = { userId: "ada", email: "ada@example.com" };
    const input = { productId: await createProduct() };
    const { sessionId } = await callFunction<"createPaymentSession">(open, input, caller);
    await world.control.pay(sessionId);
    const url = `${(await start("gateway")).url}/webhook/stripe`;
    const events = await world.takeEvents();
    const paid = events.filter(({ type }) => type === "checkout.session.completed");
    expect(await Promise.all(paid.map((event) => deliver(event, { url })))).toEqual([
      { status: 200, outcome: "processed" },
    ]);
    const [paymentId = ""] = world.takeWritten();
    await sendWritten(await start("onPaymentWritten"), {
      projectId: world.projectId,
      path: `payments/${paymentId}`,
    });
    expect((await world.db.doc("subscriptions/ada").get()).data()).toMatchObject({ availableCredits: 10 });
    await runSchedule(await start("reconcilePayments"));
    expect((await world.db.doc("reconciliations/stripe").get()).exists).toBe(true);
  });

  it("knows its caller by the token alone", async () => {
    const open = await start("createPaymentSession");
    const call = callFunction<"createPaymentSession">(open, { productId: "prod_none" });
    await expect(call).rejects.toMatchObject({ status: "UNAUTHENTICATED" });
    const signedIn = callFunction<"createPaymentSession">(
      open,
      { productId: "prod_none" },
      { userId: "ada" },
    );
    await expect(signedIn).rejects.toMatchObject({ status: "NOT_FOUND" });
  });

  it("is killed in the middle of its work, and another one begins anew", async () => {
    const input = { productId: await createProduct(), requestId: "one" };
    const doomed = await start("createPaymentSession");
    const stopped = wire.gate.inject(
      { when: "after", kind: "stop" },
      { matches: ({ name }) => name === "POST /v1/checkout/sessions" },
    );
    const lost = callFunction<"createPaymentSession">(doomed, input, { userId: "ben" });
    await stopped;
    await Promise.all([expect(lost).rejects.toThrow("fetch failed"), doomed.kill()]);
    wire.gate.open();
    expect((await world.db.collection("payment_sessions").where("userId", "==", "ben").get()).size).toBe(0);
    const next = await start("createPaymentSession");
    const { sessionId } = await callFunction<"createPaymentSession">(next, input, { userId: "ben" });
    const { data } = await world.stripe.checkout.sessions.list({ limit: 100 });
    expect(data.filter((session) => session.client_reference_id === "ben").map(({ id }) => id)).toEqual([
      sessionId,
    ]);
  });

  async function start(name: string): Promise<Instance> {
    const instance = await Instance.start(name, world.toSettings(wire));
    running.push(instance);
    return instance;
  }

  async function createProduct(): Promise<string> {
    const product = await world.stripe.products.create({
      name: "Credits",
      default_price_data: { unit_amount: 500, currency: "usd" },
      metadata: { creditsAmount: "10" },
    });
    return product.id;
  }
});
