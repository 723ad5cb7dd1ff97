import { describe, expect, it } from "vitest";
import {
  control,
  createProduct,
  db,
  setEmail,
  signUp,
  stripe,
  toId,
  untilGranted,
} from "../kit/suite/harness.ts";

describe("the user's customer", () => {
  it("is replaced by one new one when it was deleted at the provider", async () => {
    const user = await signUp();
    const productId = await createProduct();
    const customerId = await buy(user, productId);
    await stripe.customers.del(customerId);
    const requestId = crypto.randomUUID();
    const sessions = await Promise.all(
      Array.from({ length: 2 }, () =>
        user.functionProvider.run("createPaymentSession", { productId, requestId }),
      ),
    );
    expect(sessions[0]).toEqual(sessions[1]);
    const replacedBy = await buy(user, productId);
    expect(replacedBy).not.toBe(customerId);
    expect((await stripe.customers.list({ email: user.email })).data.map(({ id }) => id)).toEqual([
      replacedBy,
    ]);
    await untilPaid(user, productId);
  });

  it("is replaced when its id is of another mode or account", async () => {
    const user = await signUp();
    const productId = await createProduct();
    await buy(user, productId);
    const providers = { stripe: { customerId: "cus_ofAnotherMode", email: user.email } };
    await db.collection("customers").doc(user.uid).update({ providers });
    expect(await buy(user, productId)).toMatch(/^cus_(?!ofAnotherMode)/);
  });

  it("is told of a changed e-mail address with the next purchase", async () => {
    const user = await signUp();
    const productId = await createProduct();
    const customerId = await buy(user, productId);
    const email = `new-${user.email}`;
    await setEmail(user, email);
    expect(await buy(user, productId)).toBe(customerId);
    expect(await stripe.customers.retrieve(customerId)).toMatchObject({ email });
  });
});

type User = Awaited<ReturnType<typeof signUp>>;

/** Opens a session. Returns its customer's id. */
async function buy(user: User, productId: string): Promise<string> {
  const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
  return toId((await stripe.checkout.sessions.retrieve(sessionId)).customer);
}

async function untilPaid(user: User, productId: string): Promise<void> {
  const { sessionId } = await user.functionProvider.run("createPaymentSession", { productId });
  await control.pay(sessionId);
  await untilGranted(user, sessionId);
}
