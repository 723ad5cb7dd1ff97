import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startKit, type Kit } from "../testing/kit.ts";
import { createPrice, createSession } from "../testing/shop.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

const payForm = {
  action: "pay",
  method: "card",
  card: "4242 4242 4242 4242",
  expiry: "12 / 34",
  cvc: "123",
  name: "Ada",
  email: "ada@example.com",
};

type SessionParams = NonNullable<Parameters<typeof createSession>[1]>;

async function open(params: SessionParams): Promise<{ id: string; text: string }> {
  const { id, url } = await createSession(kit.stripe, { mode: "subscription", ...params });
  return { id, text: await (await fetch(url ?? "")).text() };
}

async function submit(id: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${kit.server.url}/c/pay/${id}`, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
}

async function subscriptionStatus(id: string): Promise<string | undefined> {
  const { subscription } = await kit.stripe.checkout.sessions.retrieve(id, { expand: ["subscription"] });
  return typeof subscription === "object" ? subscription?.status : undefined;
}

describe("the checkout page of a subscription", () => {
  it("shows what it costs again and again", async () => {
    const price = { name: "Pro", unit_amount: 500, recurring: { interval: "month" } } as const;
    const { id, text } = await open({ price });
    for (const shown of ["Subscribe to Pro", "$5.00 per month", "Billed monthly", "Total due today"]) {
      expect(text).toContain(shown);
    }
    expect(text).toMatch(/type="submit">Subscribe</);
    const answer = await submit(id, payForm);
    expect([answer.status, answer.headers.get("location")]).toStrictEqual([
      303,
      `http://shop.test/thanks?session_id=${id}`,
    ]);
    expect(await subscriptionStatus(id)).toBe("active");
  });

  it.each([
    [{ currency: "jpy", unit_amount: 500, recurring: { interval: "year" } }, "¥500 per year"],
    [{ unit_amount: 900, recurring: { interval: "month", interval_count: 3 } }, "$9.00 every 3 months"],
  ] as const)("speaks of %o as %s", async (price, shown) => {
    expect((await open({ price })).text).toContain(shown);
  });

  it("adds up quantities and several prices", async () => {
    const recurring = { interval: "month" } as const;
    const [a, b] = [
      await createPrice(kit.stripe, { name: "Seat", unit_amount: 500, recurring }),
      await createPrice(kit.stripe, { name: "Base", unit_amount: 1000, recurring }),
    ];
    const { text } = await open({
      line_items: [
        { price: a.id, quantity: 3 },
        { price: b.id, quantity: 1 },
      ],
    });
    expect(text).toContain("Subscribe to Seat and 1 more");
    expect(text).toContain("$25.00 per month");
    expect(text).toContain("$5.00 each");
  });

  it("shows a trial, what follows it, and still asks for a card", async () => {
    const price = { unit_amount: 2000, recurring: { interval: "month" } } as const;
    const { id, text } = await open({ price, subscription_data: { trial_period_days: 14 } });
    expect(text).toContain("14 days free");
    expect(text).toMatch(/Then \$20\.00 per month from \d+ \w+ \d{4}/);
    expect(text).toContain("$0.00");
    expect(text).toContain('name="card"');
    const { card: _none, ...withoutCard } = payForm;
    const refused = await submit(id, withoutCard);
    expect([refused.status, await refused.text()]).toStrictEqual([
      422,
      expect.stringContaining("card number"),
    ]);
    const declined = await submit(id, { ...payForm, card: "4000000000000002" });
    expect([declined.status, await declined.text()]).toStrictEqual([
      402,
      expect.stringContaining("Your card was declined."),
    ]);
    expect((await submit(id, payForm)).status).toBe(303);
    expect(await subscriptionStatus(id)).toBe("trialing");
  });

  it("asks for no card when none is needed", async () => {
    const price = { unit_amount: 2000, recurring: { interval: "month" } } as const;
    const { id, text } = await open({
      price,
      payment_method_collection: "if_required",
      subscription_data: { trial_period_days: 1 },
    });
    expect(text).toContain("1 day free");
    expect(text).not.toContain('name="card"');
    expect((await submit(id, { action: "pay", email: "ada@example.com" })).status).toBe(303);
    expect(await subscriptionStatus(id)).toBe("trialing");
  });
});
