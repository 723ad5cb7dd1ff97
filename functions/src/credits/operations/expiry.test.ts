import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";

/** An account with a number of grants of 10 credits that end at 2000, and as many that never do. */
async function openLedger({ ending = 0, lasting = 0 }: { ending?: number; lasting?: number }) {
  const ledger = new Ledger();
  for (let number = 0; number < ending; number++)
    await ledger.book(`ending_${number}`, { credits: 10, expiresAt: at(2_000) });
  for (let number = 0; number < lasting; number++) await ledger.book(`lasting_${number}`, { credits: 10 });
  ledger.queries = 0;
  return ledger;
}

describe("expire", () => {
  it("writes nothing where there is no account, or nothing ran out", async () => {
    const empty = new Ledger();
    const ledger = await openLedger({ ending: 1, lasting: 1 });
    ledger.now = at(1_999);
    for (const { account, writes } of [
      { account: empty, writes: 0 },
      { account: ledger, writes: 2 },
    ]) {
      expect(await account.expire()).toEqual({ grants: 0, holds: 0, more: false });
      expect(account.writes).toBe(writes);
    }
  });

  it("books what is left of grants at their end, and leaves the others", async () => {
    const ledger = await openLedger({ ending: 2, lasting: 1 });
    await ledger.spend(4);
    ledger.now = at(2_000);
    expect(await ledger.expire()).toEqual({ grants: 2, holds: 0, more: false });
    expect([...ledger.entries].slice(4)).toEqual([
      ["ending_0_2", expect.objectContaining({ type: "expire", delta: -6, balanceAfter: 20, seq: 5 })],
      [
        "ending_1_2",
        {
          userId: "user_1",
          seq: 6,
          type: "expire",
          delta: -10,
          balanceAfter: 10,
          grantId: "ending_1",
          cause: { expiresAt: at(2_000) },
          createdAt: at(2_000),
          updatedAt: at(2_000),
        },
      ],
    ]);
    expect(ledger.requireGrant("ending_0")).toMatchObject({ expired: 6, remaining: 0, status: "expired" });
    expect(ledger.requireGrant("lasting_0")).toMatchObject({ expired: 0, remaining: 10, status: "active" });
    expect(ledger.subscription).toMatchObject({ availableCredits: 10, totalCredits: 30, creditsUsed: 4 });
    expect(await ledger.expire()).toEqual({ grants: 0, holds: 0, more: false });
  });

  it("counts a hold whose time is over, whose credits come back to a grant that lasts", async () => {
    const ledger = await openLedger({ lasting: 1 });
    await ledger.hold(10, { expiresInSeconds: 60 });
    ledger.now = at(1_060);
    expect(await ledger.expire()).toEqual({ grants: 0, holds: 1, more: false });
    expect(ledger.holds.get("job")).toMatchObject({ status: "expired" });
    expect(ledger.subscription).toMatchObject({ availableCredits: 10, held: 0 });
  });

  it("counts grants to which a hold gives credits back after their end", async () => {
    const ledger = await openLedger({ ending: 2, lasting: 1 });
    await ledger.hold(20, { expiresInSeconds: 2_000 });
    ledger.now = at(3_000);
    expect(await ledger.expire()).toEqual({ grants: 2, holds: 1, more: false });
    expect(ledger.subscription).toMatchObject({ availableCredits: 10, held: 0 });
  });

  it("reads no further than the first page with a grant that lasts", async () => {
    const ledger = await openLedger({ ending: 15, lasting: 20 });
    ledger.now = at(2_000);
    expect(await ledger.expire()).toEqual({ grants: 15, holds: 0, more: false });
    expect(ledger.queries).toBe(2);
  });

  it.each([
    { ending: 199, first: { grants: 199, more: false }, second: { grants: 0, more: false } },
    { ending: 200, first: { grants: 200, more: true }, second: { grants: 0, more: false } },
    { ending: 215, first: { grants: 200, more: true }, second: { grants: 15, more: false } },
  ])("expires $ending grants in shares of 200", async ({ ending, first, second }) => {
    const ledger = await openLedger({ ending });
    ledger.now = at(2_000);
    expect(await ledger.expire()).toEqual({ ...first, holds: 0 });
    expect(await ledger.expire()).toEqual({ ...second, holds: 0 });
    expect(ledger.subscription).toMatchObject({ availableCredits: 0, seq: 2 * ending });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees" });
  });
});
