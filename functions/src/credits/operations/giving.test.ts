import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";
import { toHash } from "../../platform/ids.ts";
import { FOR_EVER } from "../account/grant.ts";

const granted = { outcome: "granted", grantId: "admin_promo", amount: 100, seq: 1, balanceAfter: 100 };

describe("give", () => {
  it("grants credits forever, and hides the reason and who gave them", async () => {
    const ledger = new Ledger();
    expect(await ledger.give(100)).toEqual({ ...granted, availableCredits: 100, repeated: false });
    expect(Object.fromEntries(ledger.entries)).toEqual({
      admin_promo_1: {
        userId: "user_1",
        seq: 1,
        type: "grant",
        delta: 100,
        balanceAfter: 100,
        grantId: "admin_promo",
        cause: { key: "promo" },
        createdAt: at(1_000),
        updatedAt: at(1_000),
      },
    });
    expect(Object.fromEntries(ledger.causes)).toEqual({
      admin_promo_1: {
        reason: "Welcome",
        grantedBy: "admin_1",
        inputHash: toHash([100, "Welcome", ""]),
        createdAt: at(1_000),
        updatedAt: at(1_000),
      },
    });
    expect(ledger.requireGrant("admin_promo")).toMatchObject({
      paymentId: null,
      amount: 100,
      remaining: 100,
      revoked: 0,
      status: "active",
      startDate: at(1_000),
      expiresAt: null,
      spendableUntil: FOR_EVER,
    });
    expect(ledger.subscription).toMatchObject({ availableCredits: 100, frozen: 0, seq: 1 });
  });

  it("grants credits until a time in the future", async () => {
    const ledger = new Ledger();
    await ledger.give(100, { expiresAt: at(1_001) });
    expect(ledger.requireGrant("admin_promo")).toMatchObject({ expiresAt: at(1_001), status: "active" });
    expect(ledger.subscription).toMatchObject({ startDate: at(1_000), endDate: at(1_001) });
  });

  it.each([at(999), at(1_000)])(
    "refuses credits that end at once or ended before (%s)",
    async (expiresAt) => {
      const ledger = new Ledger();
      await expect(ledger.give(100, { expiresAt })).rejects.toMatchObject({
        name: "GatewayError",
        code: "invalid_argument",
        message: "expiresAt: Expected a time in the future",
      });
      expect(ledger.writes).toBe(0);
    },
  );

  it("repays debt first", async () => {
    const ledger = new Ledger();
    await ledger.book("stripe_pi_1");
    await ledger.spend(60);
    await ledger.book("stripe_pi_1", { credits: 0, revoked: 100 });
    expect(await ledger.give(100)).toEqual({
      ...granted,
      seq: 4,
      balanceAfter: 40,
      availableCredits: 40,
      repeated: false,
    });
  });

  it("answers a repeated request with the same entry, also once the credits have ended", async () => {
    const ledger = new Ledger();
    await ledger.give(100, { expiresAt: at(2_000) });
    await ledger.spend(30);
    const repeat = async () => await ledger.give(100, { expiresAt: at(2_000) });
    expect(await repeat()).toEqual({ ...granted, availableCredits: 70, repeated: true });
    ledger.now = at(3_000);
    await ledger.expire();
    expect(await repeat()).toEqual({ ...granted, availableCredits: 0, repeated: true });
    expect(ledger.writes).toBe(3);
  });

  it("says the note to the user", async () => {
    const ledger = new Ledger();
    const note = "With our apologies";
    await ledger.give(100, { note });
    expect(await ledger.give(100, { note })).toMatchObject({ repeated: true });
    expect(ledger.entries.get("admin_promo_1")).toMatchObject({ cause: { key: "promo", note } });
    expect(ledger.causes.get("admin_promo_1")).not.toHaveProperty("note");
  });

  it("knows a gift again whose reason was not hidden yet", async () => {
    const ledger = new Ledger();
    await ledger.give(100);
    const hidden = ledger.causes.get("admin_promo_1");
    const entry = ledger.entries.get("admin_promo_1");
    if (entry?.type !== "grant" || !hidden) throw new Error("Expected a gift");
    const { reason, grantedBy, inputHash = "" } = hidden;
    ledger.entries.set("admin_promo_1", { ...entry, inputHash, cause: { key: "promo", reason, grantedBy } });
    ledger.causes.clear();
    expect(await ledger.give(100)).toMatchObject({ outcome: "granted", repeated: true });
    expect(await ledger.give(100, { reason: "Sorry" })).toEqual({ outcome: "conflict" });
  });

  it("does not mind who repeats a request", async () => {
    const ledger = new Ledger();
    await ledger.give(100);
    expect(await ledger.give(100, { grantedBy: "admin_2" })).toMatchObject({ repeated: true });
  });

  it.each([
    ["amount", 99, {}],
    ["reason", 100, { reason: "Sorry" }],
    ["note", 100, { note: "With our apologies" }],
    ["end", 100, { expiresAt: at(3_000) }],
    ["end, for none", 100, { expiresAt: undefined }],
  ])("takes a known key with another %s for a conflict", async (_name, amount, overrides) => {
    const ledger = new Ledger();
    await ledger.give(100, { expiresAt: at(2_000) });
    expect(await ledger.give(amount, { expiresAt: at(2_000), ...overrides })).toEqual({
      outcome: "conflict",
    });
    expect([ledger.writes, ledger.entries.size]).toEqual([1, 1]);
  });

  it("takes a key for a conflict where something else is booked in its place", async () => {
    const ledger = new Ledger();
    await ledger.give(100);
    const entry = ledger.entries.get("admin_promo_1");
    if (entry?.type !== "grant") throw new Error("Expected a grant");
    ledger.entries.set("admin_promo_1", { ...entry, type: "revoke" });
    expect(await ledger.give(100)).toEqual({ outcome: "conflict" });
  });

  it("is a bug where nothing would be booked", async () => {
    const ledger = new Ledger();
    await expect(ledger.give(0)).rejects.toThrow('Cannot grant "promo" to "user_1": nothing was booked');
    expect(ledger.writes).toBe(0);
  });
});
