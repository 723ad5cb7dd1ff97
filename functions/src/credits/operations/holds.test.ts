import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";
import type { Hold } from "../../contract/documents.ts";
import { toHash } from "../../platform/ids.ts";

const film = { key: "film_1", reason: "A film" };
const inputHash = toHash([60, film.reason, 60]);

/** One payment's 100 credits, of which 60 are held from 1010 until 1070. */
async function openLedger(): Promise<Ledger> {
  const ledger = new Ledger(at(1_000));
  await ledger.book("stripe_pi_1", { expiresAt: at(5_000) });
  ledger.now = at(1_010);
  await ledger.hold(60, film);
  ledger.now = at(1_020);
  return ledger;
}

/** The same, with the rest spent, and 20 of that owed since another payment was partly refunded. */
async function openIndebted(): Promise<Ledger> {
  const ledger = await openLedger();
  const expiresAt = at(2_000);
  await ledger.book("stripe_pi_2", { expiresAt });
  await ledger.spend(140);
  await ledger.book("stripe_pi_2", { credits: 80, revoked: 20, expiresAt });
  expect(ledger.subscription).toMatchObject({ availableCredits: 0, debt: 20, held: 60 });
  return ledger;
}

function buildHold(overrides: Partial<Hold> = {}): Hold {
  return {
    userId: "user_1",
    ...film,
    amount: 60,
    status: "open",
    captured: 0,
    takes: [{ grantId: "stripe_pi_1", amount: 60 }],
    inputHash,
    expiresAt: at(1_070),
    createdAt: at(1_010),
    updatedAt: at(1_010),
    ...overrides,
  };
}

/** What a step answers, which must write nothing. */
async function withoutWrites<T>(ledger: Ledger, step: () => Promise<T>): Promise<T> {
  const { writes } = ledger;
  const result = await step();
  expect(ledger.writes).toBe(writes);
  return result;
}

describe("hold", () => {
  it("reserves credits until its end, without an entry", async () => {
    const ledger = new Ledger(at(1_000));
    await ledger.book("stripe_pi_1");
    ledger.now = at(1_010);
    expect(await ledger.hold(60, film)).toEqual({
      outcome: "held",
      amount: 60,
      expiresAt: at(1_070),
      availableCredits: 40,
      repeated: false,
    });
    expect([...ledger.holds]).toEqual([["film_1", buildHold()]]);
    expect(ledger.subscription).toMatchObject({
      availableCredits: 40,
      held: 60,
      creditsUsed: 0,
      totalCredits: 100,
      seq: 1,
    });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ used: 60, remaining: 40, status: "active" });
    expect(ledger.entries.size).toBe(1);
  });

  it("refuses one credit more than there is, with all the user has", async () => {
    const ledger = await openLedger();
    await ledger.book("stripe_pi_2", { credits: 30, frozen: true });
    const result = await withoutWrites(ledger, async () => await ledger.hold(41, { key: "film_2" }));
    const funds = { availableCredits: 40, frozen: 30, held: 60, debt: 0 };
    expect(result).toEqual({ outcome: "insufficient_credits", ...funds });
    expect([...ledger.holds.keys()]).toEqual(["film_1"]);
    expect(await ledger.hold(40, { key: "film_2" })).toMatchObject({ outcome: "held", availableCredits: 0 });
  });

  it("answers as the first time when repeated, with what is available by now", async () => {
    const ledger = await openLedger();
    await ledger.spend(40);
    expect(await withoutWrites(ledger, async () => await ledger.hold(60, film))).toEqual({
      outcome: "held",
      amount: 60,
      expiresAt: at(1_070),
      availableCredits: 0,
      repeated: true,
    });
  });

  it.each([
    ["another amount", 61, {}],
    ["another reason", 60, { reason: "A picture" }],
    ["another time", 60, { expiresInSeconds: 61 }],
  ])("is a conflict when repeated with %s", async (_name, amount, other) => {
    const ledger = await openLedger();
    const result = await withoutWrites(ledger, async () => await ledger.hold(amount, { ...film, ...other }));
    expect(result).toEqual({ outcome: "conflict" });
  });

  it("is not held again once it was captured or released", async () => {
    const [captured, released] = [await openLedger(), await openLedger()];
    await captured.capture(20, "film_1");
    await released.release("film_1");
    captured.now = released.now = at(1_080);
    const ended = { outcome: "ended" };
    expect(await captured.hold(60, film)).toEqual({ ...ended, status: "captured" });
    expect(await released.hold(60, film)).toEqual({ ...ended, status: "released" });
    expect([captured.writes, released.writes]).toEqual([3, 3]);
  });
});

describe("capture", () => {
  it("spends all that is held", async () => {
    const ledger = await openLedger();
    expect(await ledger.capture(60, "film_1")).toEqual({
      outcome: "captured",
      amount: 60,
      released: 0,
      seq: 2,
      balanceAfter: 40,
      availableCredits: 40,
      repeated: false,
    });
    const captured = buildHold({ status: "captured", captured: 60, updatedAt: at(1_020) });
    expect([...ledger.holds]).toEqual([["film_1", captured]]);
    expect(ledger.subscription).toMatchObject({
      availableCredits: 40,
      held: 0,
      creditsUsed: 60,
      totalCredits: 100,
      seq: 2,
    });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ used: 60, updatedAt: at(1_010) });
  });

  it("posts one entry under its key, with what was taken from where", async () => {
    const ledger = await openLedger();
    await ledger.capture(60, "film_1");
    expect([...ledger.entries.keys()]).toEqual(["stripe_pi_1_1", "capture_film_1"]);
    expect(ledger.entries.get("capture_film_1")).toEqual({
      userId: "user_1",
      seq: 2,
      type: "spend",
      delta: -60,
      balanceAfter: 40,
      cause: { ...film, hold: true },
      takes: [{ grantId: "stripe_pi_1", amount: 60 }],
      inputHash,
      createdAt: at(1_020),
      updatedAt: at(1_020),
    });
  });

  it("gives back what it does not spend", async () => {
    const ledger = await openLedger();
    expect(await ledger.capture(45, "film_1")).toEqual({
      outcome: "captured",
      amount: 45,
      released: 15,
      seq: 2,
      balanceAfter: 55,
      availableCredits: 55,
      repeated: false,
    });
    expect(ledger.requireHold("film_1")).toMatchObject({ amount: 60, captured: 45, status: "captured" });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ used: 45, remaining: 55 });
    expect(ledger.subscription).toMatchObject({ held: 0, creditsUsed: 45 });
  });

  it.each([
    [5, [["stripe_pi_1", 5]], [5, 0, 0]],
    [10, [["stripe_pi_1", 10]], [10, 0, 0]],
    [
      15,
      [
        ["stripe_pi_1", 10],
        ["stripe_pi_2", 5],
      ],
      [10, 5, 0],
    ],
  ])("spends %i of 30 credits from the grants they were first taken from", async (amount, takes, used) => {
    const ledger = new Ledger(at(1_000));
    const grantIds = ["stripe_pi_1", "stripe_pi_2", "stripe_pi_3"];
    for (const grantId of grantIds) await ledger.book(grantId, { credits: 10 });
    await ledger.hold(30);
    ledger.now = at(1_020);
    await ledger.capture(amount);
    expect(ledger.entries.get("capture_job")).toMatchObject({
      takes: takes.map(([grantId, taken]) => ({ grantId, amount: taken })),
    });
    const grants = grantIds.map((grantId) => ledger.requireGrant(grantId));
    expect(grants.map((grant) => grant.used)).toEqual(used);
    // A grant is not written if nothing comes back to it.
    const wholly = grants.filter((grant) => grant.used === 10);
    expect(wholly.filter(({ updatedAt }) => updatedAt > at(1_000))).toEqual([]);
  });

  it("answers as the first time when repeated, also after its end, with what is available by now", async () => {
    const ledger = await openLedger();
    await ledger.capture(45, "film_1");
    await ledger.spend(50);
    ledger.now = at(1_080);
    expect(await withoutWrites(ledger, async () => await ledger.capture(45, "film_1"))).toEqual({
      outcome: "captured",
      amount: 45,
      released: 15,
      seq: 2,
      balanceAfter: 55,
      availableCredits: 5,
      repeated: true,
    });
  });

  it("is a conflict when repeated with another amount", async () => {
    const ledger = await openLedger();
    await ledger.capture(45, "film_1");
    const result = await withoutWrites(ledger, async () => await ledger.capture(46, "film_1"));
    expect(result).toEqual({ outcome: "conflict" });
  });

  it("refuses more than is held, and leaves it held", async () => {
    const ledger = await openLedger();
    const result = await withoutWrites(ledger, async () => await ledger.capture(61, "film_1"));
    expect(result).toEqual({ outcome: "exceeds_hold", held: 60 });
    expect(ledger.requireHold("film_1").status).toBe("open");
  });

  it("finds no hold under another key", async () => {
    const ledger = await openLedger();
    const result = await withoutWrites(ledger, async () => await ledger.capture(60, "film_2"));
    expect(result).toEqual({ outcome: "no_hold" });
  });

  it("does nothing once it was released", async () => {
    const ledger = await openLedger();
    await ledger.release("film_1");
    const result = await withoutWrites(ledger, async () => await ledger.capture(60, "film_1"));
    expect(result).toEqual({ outcome: "ended", status: "released" });
  });

  it("repays with what comes back the debt that another grant left", async () => {
    const ledger = await openIndebted();
    expect(await ledger.capture(30, "film_1")).toMatchObject({ released: 30, availableCredits: 10 });
    expect(ledger.subscription).toMatchObject({ availableCredits: 10, debt: 0, held: 0 });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ used: 70, repaid: 20, remaining: 10 });
  });
});

describe("release", () => {
  it("gives back all that is held, without an entry", async () => {
    const ledger = await openLedger();
    expect(await ledger.release("film_1")).toEqual({
      outcome: "released",
      amount: 60,
      availableCredits: 100,
      repeated: false,
    });
    const released = buildHold({ status: "released", updatedAt: at(1_020) });
    expect([...ledger.holds]).toEqual([["film_1", released]]);
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ used: 0, remaining: 100, status: "active" });
    expect(ledger.subscription).toMatchObject({ held: 0, creditsUsed: 0, availableCredits: 100, seq: 1 });
  });

  it("answers as the first time when repeated, also after its end, with what is available by now", async () => {
    const ledger = await openLedger();
    await ledger.release("film_1");
    await ledger.spend(70);
    ledger.now = at(1_080);
    expect(await withoutWrites(ledger, async () => await ledger.release("film_1"))).toEqual({
      outcome: "released",
      amount: 60,
      availableCredits: 30,
      repeated: true,
    });
  });

  it("finds no hold under another key", async () => {
    const ledger = await openLedger();
    const result = await withoutWrites(ledger, async () => await ledger.release("film_2"));
    expect(result).toEqual({ outcome: "no_hold" });
  });

  it("does nothing once it was captured", async () => {
    const ledger = await openLedger();
    await ledger.capture(10, "film_1");
    const result = await withoutWrites(ledger, async () => await ledger.release("film_1"));
    expect(result).toEqual({ outcome: "ended", status: "captured" });
  });

  it("repays the debt that another grant left", async () => {
    const ledger = await openIndebted();
    expect(await ledger.release("film_1")).toMatchObject({ amount: 60, availableCredits: 40 });
    expect(ledger.subscription).toMatchObject({ availableCredits: 40, debt: 0, held: 0 });
    expect(ledger.requireGrant("stripe_pi_1")).toMatchObject({ used: 40, repaid: 20, remaining: 40 });
  });

  it("repays the debt of its own grant", async () => {
    const ledger = await openLedger();
    await ledger.book("stripe_pi_1", { credits: 10, revoked: 90, expiresAt: at(5_000) });
    expect(ledger.subscription).toMatchObject({ availableCredits: 0, debt: 50, held: 60 });
    expect(await ledger.release("film_1")).toMatchObject({ amount: 60, availableCredits: 10 });
    expect(ledger.subscription).toMatchObject({ debt: 0, held: 0, totalCredits: 10 });
  });

  it("gives back to a disputed payment's grant what stays frozen", async () => {
    const ledger = await openLedger();
    await ledger.book("stripe_pi_1", { frozen: true, expiresAt: at(5_000) });
    expect(await ledger.release("film_1")).toMatchObject({ amount: 60, availableCredits: 0 });
    expect(ledger.subscription).toMatchObject({ frozen: 100, held: 0 });
  });

  it("gives back what has run out meanwhile only to book that", async () => {
    const ledger = new Ledger(at(1_000));
    await ledger.book("stripe_pi_1", { expiresAt: at(1_030) });
    await ledger.hold(60);
    ledger.now = at(1_030);
    expect(await ledger.release()).toMatchObject({ amount: 60, availableCredits: 0 });
    expect(ledger.entries.get("stripe_pi_1_2")).toMatchObject({ type: "expire", delta: -100 });
    expect(ledger.subscription).toMatchObject({ availableCredits: 0, held: 0, seq: 2 });
  });
});

describe("a hold past its end", () => {
  it.each<[string, (ledger: Ledger) => Promise<unknown>]>([
    ["captured", async (ledger) => await ledger.capture(60, "film_1")],
    ["released", async (ledger) => await ledger.release("film_1")],
    ["held again", async (ledger) => await ledger.hold(60, film)],
  ])("is not %s, and gives its credits back", async (_name, step) => {
    const ledger = await openLedger();
    ledger.now = at(1_070);
    expect(await step(ledger)).toEqual({ outcome: "ended", status: "expired" });
    const expired = buildHold({ status: "expired", updatedAt: at(1_070) });
    expect([...ledger.holds]).toEqual([["film_1", expired]]);
    expect(ledger.subscription).toMatchObject({ availableCredits: 100, held: 0, creditsUsed: 0, seq: 1 });
    const again = await withoutWrites(ledger, async () => await step(ledger));
    expect(again).toEqual({ outcome: "ended", status: "expired" });
  });

  it("repays debt with its credits", async () => {
    const ledger = await openIndebted();
    ledger.now = at(1_070);
    await ledger.release("film_1");
    expect(ledger.subscription).toMatchObject({ availableCredits: 40, debt: 0, held: 0 });
  });

  it.each<[string, (ledger: Ledger) => Promise<unknown>, object]>([
    ["captured", async (ledger) => await ledger.capture(60, "film_1"), { outcome: "captured" }],
    ["released", async (ledger) => await ledger.release("film_1"), { outcome: "released" }],
    ["held", async (ledger) => await ledger.hold(60, film), { outcome: "held", repeated: true }],
  ])("is still %s a millisecond before", async (_name, step, expected) => {
    const ledger = await openLedger();
    ledger.now = new Date(at(1_070).getTime() - 1);
    expect(await step(ledger)).toMatchObject(expected);
  });
});
