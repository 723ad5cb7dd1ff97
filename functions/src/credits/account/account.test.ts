import { describe, expect, it } from "vitest";
import { buildGrant, buildSubscription } from "../../../../tests/kit/accounts.ts";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";
import type { Hold } from "../../contract/documents.ts";
import { Account, emptySubscription, type NewEntry } from "./account.ts";

const now = at(1_000);
const grant = buildGrant();
const hold: Hold = {
  userId: "user_1",
  key: "job",
  amount: 30,
  reason: "A film",
  status: "open",
  captured: 0,
  takes: [{ grantId: "stripe_pi_1", amount: 30 }],
  inputHash: "",
  expiresAt: at(2_000),
  createdAt: now,
  updatedAt: now,
};
const cause = { key: "k1", reason: "A picture", hold: true };

function toRevocation(delta: number): Extract<NewEntry, { type: "grant" | "revoke" }> {
  return { type: "revoke", delta, grantId: "stripe_pi_1", cause: { paymentId: "stripe_pi_1" } };
}

/** The account of somebody with one grant of 100 credits. */
function openAccount(overrides: Parameters<typeof buildSubscription>[0] = {}): Account {
  const account = new Account(new Ledger(), buildSubscription(overrides), now);
  account.know([grant]);
  return account;
}

describe("Account", () => {
  it("starts as the empty subscription where there is none", () => {
    const { subscription } = new Account(new Ledger(), undefined, now);
    expect(subscription).toEqual(emptySubscription("user_1", now));
    expect(subscription).toEqual({
      userId: "user_1",
      status: "inactive",
      startDate: null,
      endDate: null,
      totalCredits: 0,
      creditsUsed: 0,
      availableCredits: 0,
      debt: 0,
      frozen: 0,
      held: 0,
      seq: 0,
      createdAt: now,
      updatedAt: now,
    });
  });

  it("has nothing to write where nothing changed", () => {
    expect(openAccount().toChanges()).toBeUndefined();
  });

  it("writes a hold that ended, also where no grant changed and nothing is posted", () => {
    const account = openAccount();
    account.putHold(hold);
    expect(account.toChanges()).toEqual({
      subscription: buildSubscription({ updatedAt: now }),
      grants: [],
      holds: [hold],
      entries: new Map(),
      causes: new Map(),
    });
  });

  it("writes an entry, also where no grant and no hold changed", () => {
    const account = openAccount({ availableCredits: 70, held: 30 });
    account.add({ held: -30, creditsUsed: 30 });
    const posted = account.post("capture_job", {
      type: "spend",
      delta: -30,
      cause,
      takes: hold.takes,
      inputHash: "",
    });
    expect(posted).toMatchObject({ userId: "user_1", seq: 2, balanceAfter: 70, createdAt: now });
    expect(account.toChanges()).toEqual({
      subscription: buildSubscription({ availableCredits: 70, creditsUsed: 30, seq: 2, updatedAt: now }),
      grants: [],
      holds: [],
      entries: new Map([["capture_job", posted]]),
      causes: new Map(),
    });
  });

  it("knows a grant as it has changed it, whoever reads it again", () => {
    const account = openAccount();
    const changed = buildGrant({ used: 40, remaining: 60 });
    account.putGrant(changed);
    expect(account.know([grant])).toEqual([changed]);
    expect(account.subscription).toMatchObject({ totalCredits: 100, availableCredits: 60 });
  });

  it("requires that a grant was read before it is changed", () => {
    expect(openAccount().requireGrant("stripe_pi_1")).toBe(grant);
    expect(() => openAccount().requireGrant("stripe_pi_2")).toThrow(
      'Cannot change grant "stripe_pi_2" of "user_1": it was not read',
    );
  });

  it("counts a grant's entries, and only those", () => {
    const account = openAccount();
    expect(account.bookGrant(buildGrant({ revoked: 1 }), toRevocation)).toBeUndefined();
    expect(account.requireGrant("stripe_pi_1")).toMatchObject({ revoked: 1, entryCount: 1 });
    const entry = account.bookGrant(buildGrant({ amount: 60, remaining: 60 }), toRevocation);
    expect(entry).toMatchObject({ type: "revoke", delta: -40, seq: 2, balanceAfter: 60 });
    expect(account.requireGrant("stripe_pi_1")).toMatchObject({ amount: 60, entryCount: 2 });
    expect([...(account.toChanges()?.entries.keys() ?? [])]).toEqual(["stripe_pi_1_2"]);
  });

  it.each([
    ["the balance is not what was posted", { availableCredits: 1 }, 0],
    ["debt is below nothing", { debt: -1 }, 1],
    ["somebody owes what could be repaid", { debt: 1 }, -1],
  ])("writes nothing where %s: a bug", (_name, totals, delta) => {
    const account = openAccount();
    account.putHold(hold);
    account.add(totals);
    account.post("spend_k1", { type: "spend", delta, cause, takes: [], inputHash: "" });
    const { subscription } = account;
    expect(() => account.toChanges()).toThrow(
      `Cannot book for "user_1": balance ${100 + delta}, ${JSON.stringify(subscription)}`,
    );
  });

  it.each([
    ["credits, and no debt", { availableCredits: 1 }, 1],
    ["debt, and no credits", { availableCredits: -100, debt: 1 }, -101],
  ])("writes %s", (_name, totals, delta) => {
    const account = openAccount();
    account.add(totals);
    account.post("spend_k1", { type: "spend", delta, cause, takes: [], inputHash: "" });
    expect(account.toChanges()?.subscription).toMatchObject({ seq: 2 });
  });

  it("is active as long as anything is granted", () => {
    const statuses = [0, -99, -100].map((totalCredits) => {
      const account = openAccount();
      account.putHold(hold);
      account.add({ totalCredits });
      return account.toChanges()?.subscription.status;
    });
    expect(statuses).toEqual(["active", "active", "inactive"]);
  });
});
