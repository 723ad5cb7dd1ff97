import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";

/** What the invoice of a smaller plan entitles to. */
function taking(taken: number, takenFrom: string[] = []) {
  return { credits: 0, taken, takenFrom };
}

describe("book of a payment that takes", () => {
  it("takes from what remains, and says so in the ledger", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_in_1", { credits: 500 });
    expect(await ledger.book("stripe_in_2", taking(200, ["stripe_in_1"]))).toMatchObject({
      type: "revoke",
      delta: -200,
      balanceAfter: 300,
      cause: { paymentId: "stripe_in_2" },
    });
    expect(ledger.requireSubscription()).toMatchObject({ availableCredits: 300, debt: 0, totalCredits: 300 });
    expect(ledger.requireGrant("stripe_in_2")).toMatchObject({ amount: 0, taken: 200, status: "revoked" });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees", balance: 300 });
  });

  it("takes first from the payments that it names, then from the others, then as debt", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1", { credits: 100, expiresAt: at(2_000) });
    await ledger.book("stripe_in_1", { credits: 100 });
    await ledger.book("stripe_in_2", taking(60, ["stripe_in_1"]));
    expect(ledger.requireGrant("stripe_in_1").remaining).toBe(40);
    expect(ledger.requireGrant("stripe_pi_1").remaining).toBe(100);
    await ledger.book("stripe_in_3", taking(90, ["stripe_in_1"]));
    expect(ledger.requireGrant("stripe_in_1").remaining).toBe(0);
    expect(ledger.requireGrant("stripe_pi_1").remaining).toBe(50);
    await ledger.book("stripe_in_4", taking(80, ["stripe_in_1", "stripe_in_unknown"]));
    expect(ledger.requireSubscription()).toMatchObject({ availableCredits: 0, debt: 30, totalCredits: -30 });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees", balance: -30 });
  });

  it("takes what was spent as debt, which the next credits repay", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_in_1", { credits: 500 });
    await ledger.spend(500);
    await ledger.book("stripe_in_2", taking(500, ["stripe_in_1"]));
    expect(ledger.requireSubscription()).toMatchObject({ availableCredits: 0, debt: 500, totalCredits: 0 });
    await ledger.book("stripe_in_3", { credits: 1_000 });
    expect(ledger.requireSubscription()).toMatchObject({ availableCredits: 500, debt: 0 });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees", balance: 500 });
  });

  it("takes nothing that has run out", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_in_1", { credits: 500, expiresAt: at(2_000) });
    ledger.now = at(3_000);
    await ledger.book("stripe_in_2", taking(200, ["stripe_in_1"]));
    expect(ledger.requireGrant("stripe_in_1")).toMatchObject({ expired: 500, repaid: 0 });
    expect(ledger.requireSubscription()).toMatchObject({ availableCredits: 0, debt: 200 });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees", balance: -200 });
  });

  it("takes what is frozen only once it is not", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_in_1", { credits: 500, frozen: true });
    await ledger.book("stripe_in_2", taking(200, ["stripe_in_1"]));
    expect(ledger.requireSubscription()).toMatchObject({ frozen: 500, debt: 200 });
    await ledger.book("stripe_in_1", { credits: 500 });
    expect(ledger.requireSubscription()).toMatchObject({ frozen: 0, availableCredits: 300, debt: 0 });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees", balance: 300 });
  });

  it("changes nothing when it is repeated, and gives back what it takes no more", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_in_1", { credits: 500 });
    await ledger.book("stripe_in_2", taking(200, ["stripe_in_1"]));
    expect(await ledger.bookAll("stripe_in_2", taking(200, ["stripe_in_1"]))).toEqual({
      outcome: "unchanged",
    });
    await ledger.book("stripe_in_2", taking(50, ["stripe_in_1"]));
    expect(ledger.requireSubscription()).toMatchObject({ availableCredits: 450, totalCredits: 450 });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees", balance: 450 });
  });

  it("ends in the sum, whatever was given, taken and spent in between", async () => {
    const moves = fc.array(
      fc.oneof(
        fc.record({ give: fc.integer({ min: 1, max: 100 }) }),
        fc.record({ take: fc.integer({ min: 1, max: 100 }) }),
        fc.record({ spend: fc.integer({ min: 1, max: 100 }) }),
      ),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const ledger = new Ledger();
        let balance = 0;
        let total = 0;
        for (const [index, move] of list.entries()) {
          if ("spend" in move) {
            const spent = await ledger.spend(move.spend, { key: `s${index}` });
            if (spent.outcome === "spent") balance -= move.spend;
            continue;
          }
          const delta = "give" in move ? move.give : -move.take;
          balance += delta;
          total += delta;
          const named = index > 0 ? [`stripe_in_${index - 1}`] : [];
          await ledger.book(`stripe_in_${index}`, delta > 0 ? { credits: delta } : taking(-delta, named));
        }
        const audit = ledger.audit();
        expect(audit).toMatchObject({ outcome: "agrees", balance });
        expect(ledger.subscription?.totalCredits ?? 0).toBe(total);
      }),
    );
  });
});
