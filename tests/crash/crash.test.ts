import { afterAll, describe, expect, it } from "vitest";
import { credits } from "./flows/credits.ts";
import { deletion } from "./flows/deletion.ts";
import { moneyBack } from "./flows/moneyBack.ts";
import { plans } from "./flows/plans.ts";
import { purchases } from "./flows/purchases.ts";
import { reconciliation } from "./flows/reconciliation.ts";
import { tryFlow, type Tried } from "./points.ts";

/** `CRASH_POINTS=all` interrupts every call in every way, which takes minutes; otherwise it is a sample. */
const all = process.env["CRASH_POINTS"] === "all";
const LIMIT_MS = all ? 3_600_000 : 60_000;

const flows = [...purchases, ...plans, ...moneyBack, ...credits, ...deletion, ...reconciliation];

/**
 * Every call that a flow makes at Firestore or at Stripe is interrupted, one at a time: it fails, before the server
 * hears of it or after its work, or the process stops there. Then whoever asked for the work asks again, as in the world,
 * and everybody's books are compared: exactly one payment, one grant, one customer, one session.
 *
 * A stop is a model here: nothing more of the process reaches a server, which is what the servers see of a killed one.
 * `kill.test.ts` holds it against real processes.
 */
describe("no crash loses or doubles anything", () => {
  const tried: Tried[] = [];

  it.concurrent.each(flows.map((flow, number) => [flow.name, flow, number] as const))(
    "%s",
    async (_name, flow, number) => {
      const result = await tryFlow(flow, { sample: all ? undefined : number });
      tried.push(result);
      expect(result.problems).toEqual([]);
    },
    LIMIT_MS,
  );

  afterAll(() => {
    const sum = (toNumber: (each: Tried) => number) =>
      tried.reduce((total, each) => total + toNumber(each), 0);
    const lost = sum(({ problems }) => problems.length);
    const points = `${sum((each) => each.points)} points at ${sum(({ calls }) => calls)} calls`;
    console.log(`Crash points: ${tried.length} flows, ${points}: ${lost} lost or doubled anything\n`);
  });
});
