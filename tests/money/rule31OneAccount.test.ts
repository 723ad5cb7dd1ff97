import { describe, expect, it } from "vitest";
import { decide } from "../../functions/src/credits/decide.ts";
import { suite } from "../kit/suite/suite.ts";
import { toFirestore } from "../kit/database.ts";

/** Rule 31: a decision about one account can never write into another. */
describe("rule 31: one account", () => {
  const db = toFirestore({ projectId: suite.projectId, host: suite.firestoreHost });
  const context = { db, now: () => new Date() };

  it("is what a decision opens", async () => {
    const userId = crypto.randomUUID();
    const read = await decide(context, async (openAccount) => {
      const { subscription } = await openAccount(userId).open({});
      return { result: subscription, changes: undefined };
    });
    expect(read).toBeUndefined();
  });

  it("is all that a decision may open", async () => {
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    const deciding = decide(context, async (openAccount) => {
      await openAccount(first).open({});
      return { result: openAccount(second), changes: undefined };
    });
    await expect(deciding).rejects.toThrow(`Cannot open the account of "${second}"`);
  });
});
