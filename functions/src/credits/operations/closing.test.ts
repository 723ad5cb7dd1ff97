import { describe, expect, it } from "vitest";
import { at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";

describe("close", () => {
  it("ends all that could be spent or is held, once", async () => {
    const ledger = new Ledger();
    for (let number = 0; number < 25; number++) await ledger.book(`p_${number}`, { credits: 10 });
    await ledger.spend(4);
    await ledger.hold(30);
    expect(await ledger.close()).toEqual({ more: false });
    expect(ledger.subscription).toMatchObject({
      availableCredits: 0,
      held: 0,
      debt: 0,
      creditsUsed: 4,
      totalCredits: 250,
    });
    expect(ledger.audit()).toMatchObject({ outcome: "agrees", balance: 0 });
    const { writes } = ledger;
    expect(await ledger.close()).toEqual({ more: false });
    expect(ledger.writes).toBe(writes);
  });

  it("writes nothing for somebody who never had any", async () => {
    const ledger = new Ledger();
    expect(await ledger.close()).toEqual({ more: false });
    expect(ledger.writes).toBe(0);
  });

  it("lets a refund of what nobody spent take nothing from what comes later", async () => {
    const ledger = new Ledger();
    await ledger.book("old", { credits: 100 });
    await ledger.close();
    ledger.now = at(5_000);
    await ledger.book("new", { credits: 40 });
    await ledger.book("old", { credits: 0, revoked: 100 });
    expect(ledger.subscription).toMatchObject({ availableCredits: 40, debt: 0 });
  });

  it("goes on where there are more holds than one decision ends", async () => {
    const ledger = new Ledger();
    await ledger.book("p", { credits: 100 });
    for (let number = 0; number < 12; number++) await ledger.hold(1, { key: `job_${number}` });
    expect(await ledger.close()).toEqual({ more: true });
    expect(await ledger.close()).toEqual({ more: false });
    expect(ledger.subscription).toMatchObject({ availableCredits: 0, held: 0 });
  });
});
