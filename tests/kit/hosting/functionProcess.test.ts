import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deliver } from "../suite/events.ts";
import { callFunction } from "./calls.ts";
import { DECODED_TOKENS, toEnvironment } from "./environment.ts";
import { FunctionProcess, toDeployed, type FunctionName } from "./functionProcess.ts";
import { toPaymentWritten, toSchedule } from "./requests.ts";
import { requireStatus, send } from "./send.ts";
import { toUnsignedToken, type Caller } from "./tokens.ts";
import type { Wire } from "../transport/wire.ts";
import { World } from "../transport/world.ts";

describe("an instance", () => {
  const running: FunctionProcess[] = [];
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
    const token = toToken({ userId: "ada", email: "ada@example.com" });
    const input = { productId: await world.sell({ creditsAmount: "10" }) };
    const { sessionId } = await callFunction<"createPaymentSession">(open.url, input, { token });
    await world.control.pay(sessionId);
    const url = `${(await start("gateway")).url}/webhook/stripe`;
    const events = await world.takeEvents();
    const paid = events.filter(({ type }) => type === "checkout.session.completed");
    expect(await Promise.all(paid.map((event) => deliver(event, { url })))).toEqual([
      { status: 200, outcome: "processed" },
    ]);
    const [paymentId = ""] = world.takeWritten();
    const written = toPaymentWritten(paymentId, world.projectId);
    requireStatus(await send((await start("onPaymentWritten")).url, written), 204, "the trigger");
    expect((await world.db.doc("subscriptions/ada").get()).data()).toMatchObject({ availableCredits: 10 });
    requireStatus(await send((await start("reconcilePayments")).url, toSchedule()), 200, "the schedule");
    expect((await world.db.doc("reconciliations/stripe").get()).exists).toBe(true);
  });

  it("knows its caller by the token alone", async () => {
    const open = await start("createPaymentSession");
    const call = callFunction<"createPaymentSession">(open.url, { productId: "prod_none" });
    await expect(call).rejects.toMatchObject({ status: "UNAUTHENTICATED" });
    const signedIn = callFunction<"createPaymentSession">(
      open.url,
      { productId: "prod_none" },
      { token: toToken({ userId: "ada" }) },
    );
    await expect(signedIn).rejects.toMatchObject({ status: "NOT_FOUND" });
  });

  it("is killed in the middle of its work, and another one begins anew", async () => {
    const input = { productId: await world.sell({ creditsAmount: "10" }), requestId: "one" };
    const token = toToken({ userId: "ben" });
    const doomed = await start("createPaymentSession");
    const stopped = wire.gate.inject(
      { when: "after", kind: "stop" },
      { matches: ({ name }) => name === "POST /v1/checkout/sessions" },
    );
    const lost = callFunction<"createPaymentSession">(doomed.url, input, { token });
    await stopped;
    await Promise.all([expect(lost).rejects.toThrow("No answer"), doomed.kill()]);
    wire.gate.open();
    expect((await world.db.collection("payment_sessions").where("userId", "==", "ben").get()).size).toBe(0);
    const next = await start("createPaymentSession");
    const { sessionId } = await callFunction<"createPaymentSession">(next.url, input, { token });
    const { data } = await world.stripe.checkout.sessions.list({ limit: 100 });
    expect(data.filter((session) => session.client_reference_id === "ben").map(({ id }) => id)).toEqual([
      sessionId,
    ]);
  });

  function toToken(caller: Caller): string {
    return toUnsignedToken(world.projectId, caller);
  }

  async function start(name: FunctionName): Promise<FunctionProcess> {
    const environment = toEnvironment(world.toSettings(wire), DECODED_TOKENS);
    const instance = await FunctionProcess.start(toDeployed(name), environment);
    running.push(instance);
    return instance;
  }
});
