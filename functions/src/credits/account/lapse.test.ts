import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";

/** Holds of four credits each, all ended at 1060, and what else their user has. */
async function openLedger({ holds, others = 0 }: { holds: number; others?: number }): Promise<Ledger> {
  const ledger = new Ledger(at(1_000));
  await ledger.book("stripe_pi_1", { credits: 4 * holds });
  for (let number = 0; number < holds; number += 1) await ledger.hold(4, { key: `job_${number}` });
  if (others > 0) await ledger.book("stripe_pi_2", { credits: others });
  ledger.now = at(1_060);
  ledger.queries = 0;
  return ledger;
}

function countExpired(ledger: Ledger): number {
  return [...ledger.holds.values()].filter(({ status }) => status === "expired").length;
}

describe("holds whose time is over", () => {
  it("end when their credits are wanted", async () => {
    const ledger = await openLedger({ holds: 1 });
    expect(await ledger.spend(4)).toMatchObject({ outcome: "spent", balanceAfter: 0 });
    expect(ledger.requireHold("job_0")).toMatchObject({ status: "expired", updatedAt: at(1_060) });
    expect(ledger.subscription).toMatchObject({ held: 0, availableCredits: 0, creditsUsed: 4 });
  });

  it("end a page at a time, even when their credits are not needed", async () => {
    const ledger = await openLedger({ holds: 25, others: 50 });
    expect(await ledger.spend(1)).toMatchObject({ outcome: "spent", availableCredits: 89 });
    expect(countExpired(ledger)).toBe(10);
    // One page of holds, one of grants.
    expect(ledger.queries).toBe(2);
  });

  it.each([
    [40, 10, 2],
    [41, 20, 3],
    [80, 20, 3],
    [81, 25, 4],
    [100, 25, 4],
  ])("end as far as %i credits want them: %i, by %i queries", async (wanted, expired, queries) => {
    const ledger = await openLedger({ holds: 25 });
    expect(await ledger.spend(wanted)).toMatchObject({
      outcome: "spent",
      availableCredits: 4 * expired - wanted,
    });
    expect(countExpired(ledger)).toBe(expired);
    expect(ledger.requireSubscription().held).toBe(100 - 4 * expired);
    expect(ledger.queries).toBe(queries);
  });

  // One page of grants is read. To know that ten holds are all takes a second, empty page.
  it.each([
    [9, 2],
    [10, 3],
    [11, 3],
  ])("end all %i where even they are too few, by %i queries", async (holds, queries) => {
    const ledger = await openLedger({ holds });
    const funds = { availableCredits: 4 * holds, frozen: 0, held: 0, debt: 0 };
    expect(await ledger.spend(4 * holds + 1)).toEqual({ outcome: "insufficient_credits", ...funds });
    expect(countExpired(ledger)).toBe(holds);
    expect(ledger.queries).toBe(queries);
  });

  it("end at most two hundred in one decision, the others in the next", async () => {
    const ledger = await openLedger({ holds: 211 });
    const funds = { availableCredits: 800, frozen: 0, held: 44, debt: 0 };
    expect(await ledger.spend(844)).toEqual({ outcome: "insufficient_credits", ...funds });
    expect(countExpired(ledger)).toBe(200);
    expect(ledger.queries).toBe(21);
    expect(await ledger.spend(844)).toMatchObject({ outcome: "spent", availableCredits: 0 });
    expect(countExpired(ledger)).toBe(211);
  });

  it("end for another hold, too", async () => {
    const ledger = await openLedger({ holds: 1 });
    expect(await ledger.hold(4, { key: "job_1" })).toMatchObject({ outcome: "held", availableCredits: 0 });
    expect([...ledger.holds.values()].map(({ status }) => status)).toEqual(["expired", "open"]);
  });

  it("repay debt before they are spent", async () => {
    const ledger = await openLedger({ holds: 5, others: 30 });
    ledger.now = at(1_059);
    await ledger.spend(30);
    await ledger.book("stripe_pi_2", { credits: 15, revoked: 15 });
    ledger.now = at(1_060);
    const funds = { availableCredits: 5, frozen: 0, held: 0, debt: 0 };
    expect(await ledger.spend(6)).toEqual({ outcome: "insufficient_credits", ...funds });
    expect(await ledger.spend(5)).toMatchObject({ outcome: "spent", balanceAfter: 0 });
  });
});

describe("holds whose time is not over", () => {
  it("keep their credits to the last millisecond", async () => {
    const ledger = await openLedger({ holds: 2 });
    ledger.now = new Date(at(1_060).getTime() - 1);
    const funds = { availableCredits: 0, frozen: 0, held: 8, debt: 0 };
    expect(await ledger.spend(1)).toEqual({ outcome: "insufficient_credits", ...funds });
    expect(countExpired(ledger)).toBe(0);
  });

  it("are not asked for where nothing is held", async () => {
    const ledger = await openLedger({ holds: 1, others: 10 });
    await ledger.release("job_0");
    ledger.queries = 0;
    await ledger.spend(10);
    expect(ledger.queries).toBe(1);
  });
});
