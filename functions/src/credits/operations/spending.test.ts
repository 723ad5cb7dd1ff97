import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";
import { toHash } from "../../platform/ids.ts";

/** One payment's 100 credits, booked ten seconds ago. */
async function openLedger(): Promise<Ledger> {
  const ledger = new Ledger(at(1_000));
  await ledger.book("stripe_pi_1", { expiresAt: at(5_000) });
  ledger.now = at(1_010);
  return ledger;
}

const picture = { key: "picture_1", reason: "A picture" };

describe("spend", () => {
  it("answers what is left", async () => {
    const ledger = await openLedger();
    expect(await ledger.spend(30, picture)).toEqual({
      outcome: "spent",
      amount: 30,
      seq: 2,
      balanceAfter: 70,
      availableCredits: 70,
      repeated: false,
    });
    expect(ledger.subscription).toMatchObject({
      totalCredits: 100,
      creditsUsed: 30,
      availableCredits: 70,
      seq: 2,
      updatedAt: at(1_010),
    });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({
      used: 30,
      remaining: 70,
      status: "active",
      entryCount: 1,
      updatedAt: at(1_010),
    });
  });

  it("posts one entry under its key, with what was taken from where", async () => {
    const ledger = await openLedger();
    await ledger.spend(30, picture);
    expect([...ledger.entries.keys()]).toEqual(["stripe_pi_1_1", "spend_picture_1"]);
    expect(ledger.entries.get("spend_picture_1")).toEqual({
      userId: "user_1",
      seq: 2,
      type: "spend",
      delta: -30,
      balanceAfter: 70,
      cause: { ...picture, hold: false },
      takes: [{ grantId: "stripe_pi_1", amount: 30 }],
      inputHash: toHash([30, "A picture"]),
      createdAt: at(1_010),
      updatedAt: at(1_010),
    });
  });

  it("keeps what is held in the balance, and out of what is available", async () => {
    const ledger = await openLedger();
    await ledger.hold(50);
    expect(await ledger.spend(30)).toMatchObject({ balanceAfter: 70, availableCredits: 20 });
  });

  it("spends the last credit, and then says what the user has", async () => {
    const ledger = await openLedger();
    expect(await ledger.spend(100)).toMatchObject({ outcome: "spent", availableCredits: 0 });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ remaining: 0, status: "used" });
    const nothing = { availableCredits: 0, frozen: 0, held: 0, debt: 0 };
    expect(await ledger.spend(1)).toEqual({ outcome: "insufficient_credits", ...nothing });
  });

  it("refuses one credit more than there is, with all the user has, and writes nothing", async () => {
    const ledger = await openLedger();
    await ledger.book("stripe_pi_2", { credits: 40, frozen: true });
    await ledger.hold(25, { expiresInSeconds: 600 });
    const { writes } = ledger;
    expect(await ledger.spend(76)).toEqual({
      outcome: "insufficient_credits",
      availableCredits: 75,
      frozen: 40,
      held: 25,
      debt: 0,
    });
    expect(ledger.writes).toBe(writes);
  });

  it("refuses who is in debt", async () => {
    const ledger = await openLedger();
    await ledger.spend(100);
    await ledger.book("stripe_pi_1", { credits: 30, revoked: 70, expiresAt: at(5_000) });
    const funds = { availableCredits: 0, frozen: 0, held: 0, debt: 70 };
    expect(await ledger.spend(1)).toEqual({ outcome: "insufficient_credits", ...funds });
  });

  it("books what ran out also where it refuses", async () => {
    const ledger = await openLedger();
    ledger.now = at(5_000);
    const nothing = { availableCredits: 0, frozen: 0, held: 0, debt: 0 };
    expect(await ledger.spend(1)).toEqual({ outcome: "insufficient_credits", ...nothing });
    expect(ledger.entries.get("stripe_pi_1_2")).toMatchObject({ type: "expire", delta: -100, seq: 2 });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ expired: 100, status: "expired" });
  });
});

describe("spend, repeated", () => {
  it("answers as the first time, with what is available by now, and writes nothing", async () => {
    const ledger = await openLedger();
    await ledger.spend(30, picture);
    await ledger.spend(50);
    const { writes } = ledger;
    expect(await ledger.spend(30, picture)).toEqual({
      outcome: "spent",
      amount: 30,
      seq: 2,
      balanceAfter: 70,
      availableCredits: 20,
      repeated: true,
    });
    expect(ledger.writes).toBe(writes);
  });

  it("answers also when the credits would no longer be enough", async () => {
    const ledger = await openLedger();
    await ledger.spend(60, picture);
    expect(await ledger.spend(60, picture)).toMatchObject({ outcome: "spent", repeated: true });
  });

  it.each([
    ["another amount", 31, {}],
    ["another reason", 30, { reason: "A film" }],
  ])("with %s is a conflict, and nothing is done", async (_name, amount, other) => {
    const ledger = await openLedger();
    await ledger.spend(30, picture);
    const { writes } = ledger;
    expect(await ledger.spend(amount, { ...picture, ...other })).toEqual({ outcome: "conflict" });
    expect(ledger.writes).toBe(writes);
  });

  it("after a refusal is a first time", async () => {
    const ledger = await openLedger();
    expect(await ledger.spend(130, picture)).toMatchObject({ outcome: "insufficient_credits" });
    await ledger.book("stripe_pi_2", { credits: 30 });
    expect(await ledger.spend(130, picture)).toMatchObject({ outcome: "spent", repeated: false });
  });

  it("leaves the keys of holds alone", async () => {
    const ledger = await openLedger();
    await ledger.hold(30, picture);
    await ledger.capture(30, picture.key);
    expect(await ledger.spend(30, picture)).toMatchObject({ outcome: "spent", repeated: false });
  });
});
