import { describe, expect, it } from "vitest";
import { buildGrant } from "../../../../tests/kit/accounts.ts";
import { at } from "../../../../tests/kit/builders.ts";
import type { Grant } from "../../contract/documents.ts";
import {
  bySpendOrder,
  FOR_EVER,
  isPast,
  isSameGrant,
  toDebt,
  toExpired,
  toGrant,
  toRepaying,
} from "./grant.ts";

const now = at(1_000);

/** A grant that ended at 500 with 70 credits left, once 20 were used and 10 had repaid debt. */
const ended = buildGrant({
  used: 20,
  repaid: 10,
  expired: 70,
  remaining: 0,
  expiresAt: at(500),
  spendableUntil: at(500),
  status: "expired",
});

describe("toGrant", () => {
  it("changes nothing but the date without other terms", () => {
    expect(toGrant(buildGrant(), {}, now)).toEqual({ ...buildGrant(), updatedAt: now });
    expect(toGrant(ended, {}, now)).toEqual({ ...ended, updatedAt: now });
  });

  it("repays first, then runs out, then remains, when it gives less or more is used", () => {
    const grant = buildGrant({ used: 20, repaid: 30, expired: 10, remaining: 40 });
    const parts = [100, 60, 55, 50, 30, 20, 10].map((amount) => {
      const { repaid, expired, remaining } = toGrant(grant, { amount }, now);
      return [amount, repaid, expired, remaining];
    });
    expect(parts).toEqual([
      [100, 30, 10, 40],
      [60, 30, 10, 0],
      [55, 30, 5, 0],
      [50, 30, 0, 0],
      [30, 10, 0, 0],
      [20, 0, 0, 0],
      [10, 0, 0, 0],
    ]);
    expect(toGrant(grant, { used: 50 }, now)).toMatchObject({ repaid: 30, expired: 10, remaining: 10 });
  });

  it("repays nothing while it is frozen", () => {
    const grant = buildGrant({ used: 20, repaid: 30, remaining: 50 });
    expect(toGrant(grant, { frozen: true }, now)).toMatchObject({
      repaid: 0,
      remaining: 80,
      status: "frozen",
    });
  });

  it("gives back what had run out when its end moves into the future", () => {
    expect(toGrant(ended, { expiresAt: at(1_001) }, now)).toMatchObject({
      expired: 0,
      remaining: 70,
      expiresAt: at(1_001),
      spendableUntil: at(1_001),
      status: "active",
    });
    expect(toGrant(ended, { expiresAt: null }, now)).toMatchObject({
      expired: 0,
      remaining: 70,
      spendableUntil: FOR_EVER,
    });
  });

  it.each([at(400), at(600), now])("leaves it run out when its end moves to %s", (expiresAt) => {
    expect(toGrant(ended, { expiresAt }, now)).toMatchObject({ expired: 70, remaining: 0, expiresAt });
  });

  it("leaves what has run out where the end stays, even one that is to come", () => {
    const future = { ...ended, expiresAt: at(2_000), spendableUntil: at(2_000) };
    expect(toGrant(future, { revoked: 1 }, now)).toMatchObject({ expired: 70, remaining: 0 });
  });

  it.each<[Grant["status"], Partial<Grant>, { amount?: number; frozen?: boolean }]>([
    ["active", {}, {}],
    ["active", { used: 20, repaid: 10, expired: 69 }, {}],
    ["used", { used: 100, remaining: 0 }, {}],
    ["used", { used: 90, repaid: 10, remaining: 0 }, {}],
    ["expired", { used: 99, expired: 1, remaining: 0 }, {}],
    ["frozen", {}, { frozen: true }],
    ["frozen", { used: 100, remaining: 0 }, { frozen: true }],
    ["frozen", { status: "frozen" }, {}],
    ["active", { status: "frozen" }, { frozen: false }],
    ["revoked", {}, { amount: 0 }],
    ["revoked", {}, { amount: 0, frozen: true }],
  ])("is %s with %o, %o", (status, overrides, changes) => {
    expect(toGrant(buildGrant(overrides), changes, now).status).toBe(status);
  });
});

describe("toRepaying", () => {
  it("moves credits into debt, and back", () => {
    const repaying = toRepaying(buildGrant(), 100, now);
    expect(repaying).toEqual({
      ...buildGrant({ repaid: 100, remaining: 0, status: "used" }),
      updatedAt: now,
    });
    expect(toRepaying(repaying, -100, at(0))).toEqual(buildGrant());
  });
});

describe("toExpired", () => {
  it("adds all that remains to what had run out", () => {
    const grant = buildGrant({ used: 20, expired: 10, remaining: 70 });
    expect(toExpired(grant, now)).toEqual({
      ...grant,
      expired: 80,
      remaining: 0,
      status: "expired",
      updatedAt: now,
    });
  });
});

describe("toDebt", () => {
  it.each([
    ["less is used than it gives", { used: 99 }, 0],
    ["all of it is used", { used: 100 }, 0],
    ["more is used than it gives", { used: 130 }, 30],
    ["it repays others", { used: 20, repaid: 10 }, -10],
  ])("where %s", (_name, overrides, expected) => {
    expect(toDebt(buildGrant(overrides))).toBe(expected);
  });
});

describe("isPast", () => {
  it("is so from the end on", () => {
    const grant = buildGrant({ spendableUntil: now });
    expect([at(999), now, at(1_001)].map((moment) => isPast(grant, moment))).toEqual([false, true, true]);
  });
});

describe("bySpendOrder", () => {
  const inOrder = [
    buildGrant({ grantId: "c", spendableUntil: at(1), startDate: at(2) }),
    buildGrant({ grantId: "d", spendableUntil: at(2), startDate: at(0) }),
    buildGrant({ grantId: "a", spendableUntil: at(2), startDate: at(1) }),
    buildGrant({ grantId: "b", spendableUntil: at(2), startDate: at(1) }),
  ];

  it("spends what ends first, then what began first, then by id", () => {
    expect(inOrder.toReversed().toSorted(bySpendOrder)).toEqual(inOrder);
  });

  it("says of each two which comes first, and of one that it is the same", () => {
    for (const [i, a] of inOrder.entries())
      for (const [j, b] of inOrder.entries()) expect(Math.sign(bySpendOrder(a, b))).toBe(Math.sign(i - j));
  });
});

describe("isSameGrant", () => {
  it("does not mind what was done with the credits, nor when", () => {
    const other = { used: 1, repaid: 1, expired: 1, remaining: 1, entryCount: 9, updatedAt: now };
    expect(isSameGrant(buildGrant(), buildGrant(other))).toBe(true);
  });

  it.each<[string, Partial<Grant>]>([
    ["amount", { amount: 99 }],
    ["revoked", { revoked: 1 }],
    ["status", { status: "frozen" }],
    ["start", { startDate: at(1) }],
    ["end", { spendableUntil: at(1) }],
  ])("minds another %s", (_name, overrides) => {
    expect(isSameGrant(buildGrant(), buildGrant(overrides))).toBe(false);
  });
});
