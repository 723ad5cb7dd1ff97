import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";
import { Account } from "./account.ts";
import { take } from "./take.ts";

/** What would be taken from which grant, in order; undefined if there is too little. */
async function takeFrom(ledger: Ledger, wanted: number): Promise<[string, number][] | undefined> {
  ledger.queries = 0;
  const takes = await take(new Account(ledger, ledger.subscription, ledger.now), wanted);
  return takes?.map(({ grantId, amount }) => [grantId, amount]);
}

/** Grants of ten credits, each ending a second after the one before, the first at 2001. */
async function bookMany(ledger: Ledger, count: number): Promise<string[]> {
  const grantIds = Array.from({ length: count }, (_, index) => `stripe_pi_${index + 1}`);
  // Backwards, so that the order of booking is not the order of spending.
  for (const grantId of grantIds.toReversed())
    await ledger.book(grantId, { credits: 10, expiresAt: at(2_001 + grantIds.indexOf(grantId)) });
  return grantIds;
}

/** A grant whose credits are all held until 1060. */
async function bookHeld(ledger: Ledger, grantId: string, expiresAt: Date | null): Promise<void> {
  await ledger.book(grantId, { credits: 10, expiresAt });
  await ledger.hold(10, { key: grantId });
}

describe("take", () => {
  it.each<[string, Parameters<Ledger["book"]>[1][]]>([
    [
      "what ends first",
      [
        { expiresAt: null, startDate: at(0) },
        { expiresAt: at(5_000), startDate: at(1) },
        { expiresAt: at(4_000), startDate: at(2) },
      ],
    ],
    [
      "of the same end what began first",
      [
        { expiresAt: at(5_000), startDate: at(2) },
        { expiresAt: at(5_000), startDate: at(1) },
        { expiresAt: at(5_000), startDate: at(0) },
      ],
    ],
  ])("takes %s", async (_name, [last = {}, second = {}, first = {}]) => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1", last);
    await ledger.book("stripe_pi_2", second);
    await ledger.book("stripe_pi_3", first);
    expect(await takeFrom(ledger, 250)).toEqual([
      ["stripe_pi_3", 100],
      ["stripe_pi_2", 100],
      ["stripe_pi_1", 50],
    ]);
  });

  it("takes in the order of ids what begins and ends together", async () => {
    const ledger = new Ledger();
    for (const grantId of ["stripe_pi_2", "stripe_pi_3", "stripe_pi_1"]) await ledger.book(grantId);
    expect(await takeFrom(ledger, 101)).toEqual([
      ["stripe_pi_1", 100],
      ["stripe_pi_2", 1],
    ]);
  });

  it("takes nothing more than what is wanted, nor asks for more", async () => {
    const ledger = new Ledger();
    await bookMany(ledger, 30);
    expect(await takeFrom(ledger, 20)).toEqual([
      ["stripe_pi_1", 10],
      ["stripe_pi_2", 10],
    ]);
    expect(ledger.queries).toBe(1);
  });

  it.each([
    [100, 1],
    [101, 2],
    [200, 2],
    [201, 3],
    [250, 3],
  ])("takes %i credits from as many grants as it needs, by %i queries", async (wanted, queries) => {
    const ledger = new Ledger();
    const grantIds = await bookMany(ledger, 25);
    const full = Math.floor(wanted / 10);
    const expected = grantIds.slice(0, full).map((grantId) => [grantId, 10]);
    if (wanted % 10 > 0) expected.push([grantIds[full] ?? "", wanted % 10]);
    expect(await takeFrom(ledger, wanted)).toEqual(expected);
    expect(ledger.queries).toBe(queries);
  });

  it("finds out by one query that there is too little", async () => {
    const ledger = new Ledger();
    await bookMany(ledger, 25);
    expect(await takeFrom(ledger, 251)).toBeUndefined();
    expect(ledger.queries).toBe(1);
  });

  it("asks nothing where there is nothing", async () => {
    const ledger = new Ledger();
    expect(await takeFrom(ledger, 1)).toBeUndefined();
    await ledger.book("stripe_pi_1", { frozen: true });
    expect(await takeFrom(ledger, 1)).toBeUndefined();
    expect(ledger.queries).toBe(0);
  });

  it("takes nothing of what ran out, and goes on behind it", async () => {
    const ledger = new Ledger();
    await bookMany(ledger, 25);
    ledger.now = at(2_012);
    expect(await takeFrom(ledger, 15)).toEqual([
      ["stripe_pi_13", 10],
      ["stripe_pi_14", 5],
    ]);
    expect(ledger.queries).toBe(2);
  });

  it("has too little as soon as what ran out is booked", async () => {
    const ledger = new Ledger();
    await bookMany(ledger, 25);
    ledger.now = at(2_010);
    expect(await takeFrom(ledger, 151)).toBeUndefined();
    expect(ledger.queries).toBe(1);
    expect(await takeFrom(ledger, 150)).toHaveLength(15);
  });
});

describe("take, where holds have ended", () => {
  it("takes what came back in its place", async () => {
    const ledger = new Ledger();
    await bookHeld(ledger, "stripe_pi_0", at(2_000));
    await bookMany(ledger, 2);
    ledger.now = at(1_060);
    expect(await takeFrom(ledger, 15)).toEqual([
      ["stripe_pi_0", 10],
      ["stripe_pi_1", 5],
    ]);
  });

  it("takes what ends before what came back first, also from a further page", async () => {
    const ledger = new Ledger();
    await bookHeld(ledger, "stripe_pi_late", null);
    const grantIds = await bookMany(ledger, 12);
    ledger.now = at(1_060);
    const expected = grantIds.slice(0, 11).map((grantId) => [grantId, 10]);
    expect(await takeFrom(ledger, 110)).toEqual(expected);
  });

  it("takes what came back and ends after all others, by no further query", async () => {
    const ledger = new Ledger();
    await bookHeld(ledger, "stripe_pi_late", null);
    await bookMany(ledger, 1);
    ledger.now = at(1_060);
    expect(await takeFrom(ledger, 15)).toEqual([
      ["stripe_pi_1", 10],
      ["stripe_pi_late", 5],
    ]);
    expect(ledger.queries).toBe(2);
  });

  it("takes what came back where no grant was active before", async () => {
    const ledger = new Ledger();
    await bookHeld(ledger, "stripe_pi_1", null);
    ledger.now = at(1_060);
    expect(await takeFrom(ledger, 10)).toEqual([["stripe_pi_1", 10]]);
    expect(await takeFrom(ledger, 11)).toBeUndefined();
  });

  it("takes nothing of what came back to a disputed payment's grant", async () => {
    const ledger = new Ledger();
    await bookHeld(ledger, "stripe_pi_0", at(2_000));
    await ledger.book("stripe_pi_0", { credits: 10, expiresAt: at(2_000), frozen: true });
    await bookMany(ledger, 2);
    ledger.now = at(1_060);
    expect(await takeFrom(ledger, 5)).toEqual([["stripe_pi_1", 5]]);
  });

  it("takes nothing of what came back too late", async () => {
    const ledger = new Ledger();
    await bookHeld(ledger, "stripe_pi_0", at(1_060));
    await bookMany(ledger, 2);
    ledger.now = at(1_060);
    expect(await takeFrom(ledger, 5)).toEqual([["stripe_pi_1", 5]]);
    expect(await takeFrom(ledger, 21)).toBeUndefined();
  });
});
