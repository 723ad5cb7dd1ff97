import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { MoneyShop, type Plan } from "./shop.ts";

/** Rule 24: an e-mail that Stripe refuses does not keep its owner from buying. https://docs.stripe.com/error-codes#email-invalid */
describe("rule 24: an e-mail address", () => {
  let shop: MoneyShop;
  let pack: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
  });

  afterAll(async () => await shop.close());

  async function create(userId: string, email: string) {
    const { sessionId } = await createPaymentSession(shop.history.context, { userId, email }, { ...pack });
    const { customer } = await shop.stripe.checkout.sessions.retrieve(sessionId, { expand: ["customer"] });
    if (typeof customer !== "object" || customer === null || customer.deleted)
      throw new Error("Expected a customer");
    return { sessionId, customer };
  }

  /** How often a customer was made or changed so far. */
  async function countCustomerCalls(): Promise<number> {
    const requests = await shop.history.control.readRequests();
    return requests.filter(({ method, path }) => method === "POST" && path.startsWith("/v1/customers"))
      .length;
  }

  it("that is refused is left out, and is not tried again at each purchase", async () => {
    const { sessionId, customer } = await create("odd", "odd@localhost");
    expect(customer.email).toBeNull();
    await shop.history.control.pay(sessionId);
    expect((await shop.readCredits("odd")).given).toBe(100);
    const calls = await countCustomerCalls();
    expect((await create("odd", "odd@localhost")).customer.id).toBe(customer.id);
    expect(await countCustomerCalls()).toBe(calls);
  });

  it("that is refused ends with one customer, however many first purchases there are at once", async () => {
    const made = await Promise.all([1, 2, 3].map(async () => await create("twice", "twice@localhost")));
    expect(new Set(made.map(({ customer }) => customer.id)).size).toBe(1);
  });

  it("that becomes acceptable is sent, and one that becomes odd leaves the last one", async () => {
    await create("changing", "changing@localhost");
    const good = await create("changing", "changing@example.com");
    expect(good.customer.email).toBe("changing@example.com");
    const odd = await create("changing", "odd@localhost");
    expect(odd.customer).toMatchObject({ id: good.customer.id, email: "changing@example.com" });
    const calls = await countCustomerCalls();
    await create("changing", "odd@localhost");
    expect(await countCustomerCalls()).toBe(calls);
  });

  it("that is accepted is used, and another refusal is still one", async () => {
    expect((await create("plain", "plain@example.com")).customer.email).toBe("plain@example.com");
    await shop.history.control.addFault({ route: "POST /v1/customers", fault: "error", status: 403 });
    await expect(create("unlucky", "unlucky@example.com")).rejects.toMatchObject({ code: "unavailable" });
  });
});
