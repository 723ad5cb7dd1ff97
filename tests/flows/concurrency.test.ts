import { describe, expect, it } from "vitest";
import { control, createProduct, readAccount, signUp } from "../kit/suite/harness.ts";
import { eventually } from "../kit/eventually.ts";

const USERS = 10;
const PURCHASES_PER_USER = 5;

describe("50 concurrent purchases by 10 users", () => {
  it("end with exactly the sum of their credits each", async () => {
    const users = await Promise.all(Array.from({ length: USERS }, () => signUp()));
    const products = await Promise.all(
      Array.from({ length: PURCHASES_PER_USER }, (_, index) =>
        createProduct({ creditsAmount: String(10 ** index) }),
      ),
    );
    await Promise.all(
      users.flatMap((user) =>
        products.map(async (productId) => {
          const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
          await control.pay(sessionId);
        }),
      ),
    );
    for (const user of users) {
      await eventually(async () => {
        const { subscription, entries } = await readAccount(user.uid);
        expect(subscription).toMatchObject({ availableCredits: 11_111, totalCredits: 11_111, debt: 0 });
        expect(entries).toHaveLength(PURCHASES_PER_USER);
      }, 60_000);
    }
  });
});
