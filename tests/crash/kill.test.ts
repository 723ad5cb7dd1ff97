import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FunctionName } from "../kit/hosting/functionProcess.ts";
import { WorldFunctions } from "../kit/transport/worldFunctions.ts";
import { expectBooks } from "./buyerBooks.ts";
import { REFUNDED } from "./scene.ts";
import { Stage, type Buyer } from "./stage.ts";

/** With every crash point, the locks of a killed process are waited for: Firestore keeps them for a minute. */
const all = process.env["CRASH_POINTS"] === "all";

/**
 * The control of the model in `crash.test.ts`: deployed functions, each a process, killed with SIGKILL at one call. Then
 * the call is made again to another instance, and the story goes on: a purchase and its refund.
 */
describe("a function that is killed", () => {
  let stage: Stage;
  let deployed: WorldFunctions;

  beforeAll(async () => {
    stage = await Stage.start();
    deployed = await WorldFunctions.start(stage.world, [
      "createPaymentSession",
      "gateway",
      "onPaymentWritten",
      "refundPayment",
    ]);
  });

  afterAll(async () => {
    await deployed.kill();
    await stage.world.stop();
  });

  it.each([
    { name: "createPaymentSession", when: "after", call: "POST /v1/customers" },
    { name: "createPaymentSession", when: "after", call: "POST /v1/checkout/sessions" },
    { name: "gateway", when: "before", call: "Commit" },
    { name: "gateway", when: "after", call: "Commit" },
    { name: "onPaymentWritten", when: "before", call: "Commit" },
    { name: "onPaymentWritten", when: "after", call: "Commit" },
    { name: "refundPayment", when: "after", call: "POST /v1/refunds" },
  ] as const)(
    "$name, $when $call",
    async (kill) => {
      const buyer = stage.newBuyer();
      const answers: string[] = [];
      for (const { name, work } of tellStory(buyer)) {
        if (name === kill.name) answers.push(await killDuring(work, kill));
        await work(deployed);
      }
      expect(answers).toEqual(["No answer"]);
      await stage.world.settle(deployed);
      await expectBooks(stage.world, { buyer, expected: REFUNDED });
    },
    180_000,
  );

  interface Step {
    name: FunctionName;
    work: (functions: WorldFunctions) => Promise<void>;
  }

  /** A purchase and its refund, function by function. */
  function tellStory(buyer: Buyer): Step[] {
    const [admin, requestId] = [{ userId: "root", admin: true }, crypto.randomUUID()];
    let [sessionId, paymentId] = ["", ""];
    return [
      {
        name: "createPaymentSession",
        work: async (functions) => {
          const request = { productId: stage.products.pack, requestId };
          ({ sessionId } = await functions.call("createPaymentSession", request, buyer));
        },
      },
      {
        name: "gateway",
        work: async (functions) => {
          if (paymentId === "") await stage.world.control.pay(sessionId);
          paymentId = `stripe_${await stage.world.readPaymentIntent(sessionId)}`;
          await functions.receiveEvent(await stage.world.readEvent("checkout.session.completed"));
        },
      },
      { name: "onPaymentWritten", work: async (functions) => await functions.paymentWritten(paymentId) },
      {
        name: "refundPayment",
        work: async (functions) => {
          await functions.call("refundPayment", { paymentId, requestId }, admin);
        },
      },
    ];
  }

  /** What the caller of the killed function was told. */
  async function killDuring(
    work: Step["work"],
    { name, when, call }: { name: FunctionName; when: "before" | "after"; call: string },
  ): Promise<string> {
    const doomed = await WorldFunctions.start(stage.world, [name]);
    const { gate, cleanUp } = doomed.wire;
    const stopped = gate.inject({ when, kind: "stop" }, { matches: (passing) => passing.name === call });
    const ended = work(doomed).then(() => "nothing", toMessage);
    await stopped;
    await doomed.kill();
    if (!all) await cleanUp();
    return await ended;
  }
});

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
