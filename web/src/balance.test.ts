import { describe, expect, it } from "vitest";
import { toBalance, toNewestBalance } from "./balance.ts";

describe("toNewestBalance", () => {
  const none = toBalance(undefined);

  it("is the ledger's where that is ahead", () => {
    expect(toNewestBalance(none, { seq: 1, balanceAfter: 100 })).toMatchObject({
      seq: 1,
      availableCredits: 100,
    });
    expect(toNewestBalance(none, { seq: 2, balanceAfter: -30 })).toMatchObject({
      availableCredits: 0,
      debt: 30,
    });
  });

  it("is the subscription's own where the ledger is not", () => {
    const balance = { ...none, seq: 2, availableCredits: 70, frozen: 30 };
    expect(toNewestBalance(balance, { seq: 2, balanceAfter: 100 })).toEqual(balance);
    expect(toNewestBalance(balance, { seq: 1, balanceAfter: 50 })).toEqual(balance);
    expect(toNewestBalance(balance, undefined)).toEqual(balance);
  });
});
