import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";

/** An account that owes what it spent of a payment of 200 credits, once that is revoked, and has other grants. */
async function openLedger({ spent, others = 0 }: { spent: number; others?: number }) {
  const ledger = new Ledger();
  await ledger.book("spent", { credits: 200, expiresAt: at(5_000) });
  for (let number = 10; number < 10 + others; number++)
    await ledger.book(`other_${number}`, { credits: 10, startDate: at(number) });
  await ledger.spend(spent);
  ledger.now = at(1_500);
  ledger.queries = 0;
  return ledger;
}

async function revoke(ledger: Ledger) {
  await ledger.book("spent", { credits: 0, revoked: 200, expiresAt: at(5_000) });
}

async function restore(ledger: Ledger) {
  await ledger.book("spent", { credits: 200, expiresAt: at(5_000) });
}

/** What each of the other grants repays. */
function toRepaid(ledger: Ledger): number[] {
  const others = [...ledger.grants.values()].filter(({ grantId }) => grantId !== "spent");
  return others.map(({ repaid }) => repaid);
}

describe("expireAndRepay", () => {
  it("asks nobody where nothing is owed", async () => {
    const ledger = await openLedger({ spent: 50, others: 1 });
    await ledger.book("another", { credits: 10 });
    expect(ledger.queries).toBe(0);
    expect(toRepaid(ledger)).toEqual([0, 0]);
  });

  it("takes debt from the grants that are spent first, and leaves the others", async () => {
    const ledger = await openLedger({ spent: 25, others: 4 });
    await revoke(ledger);
    expect(toRepaid(ledger)).toEqual([10, 10, 5, 0]);
    expect(ledger.subscription).toMatchObject({ debt: 0, availableCredits: 15 });
    expect(ledger.requireGrant("other_12")).toMatchObject({ remaining: 5, updatedAt: at(1_500) });
    expect(ledger.requireGrant("other_13")).toMatchObject({ remaining: 10, updatedAt: at(1_000) });
  });

  it.each([
    ["one page", 25, 1],
    ["a whole page, with the revoked one on it", 90, 1],
    ["more than a page", 91, 2],
  ])("reads as many grants as repay the debt: %s", async (_name, spent, pages) => {
    const ledger = await openLedger({ spent, others: 15 });
    await revoke(ledger);
    expect(ledger.subscription).toMatchObject({ debt: 0, availableCredits: 150 - spent });
    // And the other dates, once.
    expect(ledger.queries).toBe(2 + pages);
  });

  it("owes what all grants together cannot repay", async () => {
    const ledger = await openLedger({ spent: 200, others: 11 });
    await revoke(ledger);
    expect(ledger.subscription).toMatchObject({ debt: 90, availableCredits: 0 });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees" });
  });

  it("repays nothing with credits that have run out already, and asks nobody for them", async () => {
    const ledger = await openLedger({ spent: 60 });
    await revoke(ledger);
    ledger.queries = 0;
    await ledger.book("late", { credits: 100, expiresAt: at(1_200) });
    expect(ledger.subscription).toMatchObject({ debt: 60, availableCredits: 0 });
    expect(ledger.requireGrant("late")).toMatchObject({ repaid: 0, expired: 100, status: "expired" });
    expect(ledger.queries).toBe(0);
  });

  it("gives back what repaid a debt that is gone", async () => {
    const ledger = await openLedger({ spent: 25, others: 4 });
    await revoke(ledger);
    await restore(ledger);
    expect(toRepaid(ledger)).toEqual([0, 0, 0, 0]);
    expect(ledger.subscription).toMatchObject({ debt: 0, availableCredits: 175 + 40 });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees" });
  });

  it("gives back to what is spent last, and leaves the others", async () => {
    const ledger = await openLedger({ spent: 25, others: 4 });
    await revoke(ledger);
    ledger.now = at(1_600);
    ledger.queries = 0;
    await ledger.book("spent", { credits: 10, revoked: 190, expiresAt: at(5_000) });
    expect(toRepaid(ledger)).toEqual([10, 5, 0, 0]);
    expect(ledger.subscription).toMatchObject({ debt: 0, availableCredits: 25 });
    expect(ledger.requireGrant("other_10")).toMatchObject({ updatedAt: at(1_500) });
    expect(ledger.requireGrant("other_11")).toMatchObject({ updatedAt: at(1_600) });
    // The other dates, and one page.
    expect(ledger.queries).toBe(3);
  });

  it("gives back to more grants than a page holds", async () => {
    const ledger = await openLedger({ spent: 150, others: 15 });
    await revoke(ledger);
    await restore(ledger);
    expect(toRepaid(ledger)).toEqual(Array.from({ length: 15 }, () => 0));
    expect(ledger.subscription).toMatchObject({ debt: 0, availableCredits: 50 + 150 });
  });

  it("gives back what repaid a debt in the same decision, which ends more holds than a page has", async () => {
    const ledger = new Ledger();
    await ledger.book("spent", { expiresAt: at(5_000) });
    await ledger.hold(100, { key: "last", expiresInSeconds: 90 });
    await ledger.book("other");
    for (let number = 0; number < 10; number++)
      await ledger.hold(10, { key: `job_${number}`, expiresInSeconds: 60 });
    await ledger.book("spent", { credits: 0, revoked: 100, expiresAt: at(5_000) });
    ledger.now = at(1_090);
    expect(await ledger.expire()).toEqual({ grants: 0, holds: 11, more: false });
    expect(ledger.subscription).toMatchObject({ debt: 0, held: 0, availableCredits: 100 });
    expect(toRepaid(ledger)).toEqual([0]);
    expect(ledger.audit()).toMatchObject({ outcome: "agrees" });
  });

  it("books as run out what comes back to a grant after its end", async () => {
    const ledger = await openLedger({ spent: 60 });
    await ledger.book("short", { credits: 100, expiresAt: at(1_600) });
    await ledger.book("spent", { credits: 0, revoked: 200, expiresAt: at(5_000) });
    ledger.now = at(1_600);
    await ledger.expire();
    await restore(ledger);
    expect(ledger.requireGrant("short")).toMatchObject({ repaid: 0, expired: 100, status: "expired" });
    expect(ledger.subscription).toMatchObject({ debt: 0, availableCredits: 140 });
    expect([...ledger.entries].at(-1)).toEqual([
      "short_3",
      expect.objectContaining({ type: "expire", delta: -60, balanceAfter: 140 }),
    ]);
  });
});
