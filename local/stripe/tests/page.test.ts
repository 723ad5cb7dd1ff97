import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startKit, type Kit } from "../testing/kit.ts";
import { createPrice, createSession } from "../testing/shop.ts";

let kit: Kit;
beforeAll(async () => {
  kit = await startKit();
});
beforeEach(() => kit.reset());
afterAll(() => kit.close());

const cardForm = {
  action: "pay",
  method: "card",
  expiry: "12 / 34",
  cvc: "123",
  name: "Ada",
  email: "ada@example.com",
};
const payForm = { ...cardForm, card: "4242 4242 4242 4242" };

async function visit(url: string | null): Promise<{ response: Response; text: string }> {
  const response = await fetch(url ?? "", { redirect: "manual" });
  return { response, text: await response.text() };
}

async function submit(
  sessionId: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ status: number; location: string | null; text: string }> {
  const response = await fetch(`${kit.server.url}/c/pay/${sessionId}`, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

async function statusOf(sessionId: string): Promise<unknown> {
  const { status, payment_status } = await kit.stripe.checkout.sessions.retrieve(sessionId);
  return [status, payment_status];
}

async function createCode(percent_off: number): Promise<void> {
  const coupon = await kit.stripe.coupons.create({ percent_off });
  await kit.stripe.promotionCodes.create({
    promotion: { type: "coupon", coupon: coupon.id },
    code: "SPRING",
  });
}

async function apply(sessionId: string, promotion_code: string): ReturnType<typeof submit> {
  return submit(sessionId, { action: "apply_promotion_code", promotion_code });
}

describe("the checkout page", () => {
  it("shows what is bought, the amount, who pays and how to cancel", async () => {
    const price = await createPrice(kit.stripe, { name: "Large pack", unit_amount: 1250 });
    const session = await createSession(kit.stripe, {
      line_items: [{ price: price.id, quantity: 2 }],
      customer_email: "ada@example.com",
    });
    const { response, text } = await visit(session.url);
    expect(response.status).toBe(200);
    for (const shown of [
      "Large pack",
      "For tests",
      "Qty 2",
      "$12.50 each",
      "Pay $25.00",
      "ada@example.com",
      "TEST MODE",
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain(`href="http://shop.test/cart?session_id=${session.id}"`);
    expect(text).not.toContain('name="email"');
  });

  it.each([
    ["jpy", 1500, undefined, "¥1,500"],
    ["krw", 5000, undefined, "₩5,000"],
    ["kwd", 1500, undefined, "KWD&nbsp;1.500"],
    ["isk", 50_000, undefined, "ISK&nbsp;500"],
    ["huf", 50_000, undefined, "HUF&nbsp;500.00"],
    ["eur", 1500, "de", "15,00&nbsp;€"],
  ] as const)("writes amounts in %s right", async (currency, unit_amount, locale, shown) => {
    const session = await createSession(kit.stripe, {
      price: { currency, unit_amount },
      ...(locale && { locale }),
    });
    const { text } = await visit(session.url);
    expect(text.replaceAll("\u00A0", "&nbsp;")).toContain(`Pay ${shown}`);
  });

  it("escapes every value and allows neither scripts nor foreign sources", async () => {
    const price = await createPrice(kit.stripe, { name: `<script>alert("x")</script>'` });
    const session = await createSession(kit.stripe, { line_items: [{ price: price.id, quantity: 1 }] });
    const { response, text } = await visit(session.url);
    expect(text).not.toContain("<script");
    expect(text).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;");
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    );
    const typed = await submit(session.id, { ...cardForm, card: `"><img src=x>` });
    expect(typed.text).not.toContain("<img");
    expect(typed.text).toContain("&quot;&gt;&lt;img src=x&gt;");
  });

  it("changes nothing when it is only looked at", async () => {
    const session = await createSession(kit.stripe);
    await visit(`${session.url}?card=4242424242424242&action=pay`);
    await fetch(session.url ?? "", { method: "HEAD" });
    expect(await statusOf(session.id)).toStrictEqual(["open", "unpaid"]);
    expect((await fetch(session.url ?? "", { method: "PUT" })).status).toBe(405);
  });

  it("fills in a test card on request", async () => {
    const session = await createSession(kit.stripe);
    const { text } = await visit(`${session.url}?card=4000000000009995`);
    expect(text).toContain('value="4000 0000 0000 9995"');
    expect((await visit(`${session.url}?card=%3Cb%3E`)).text).not.toContain("<b>");
  });

  it("refuses a form it cannot read", async () => {
    const session = await createSession(kit.stripe);
    const init = {
      method: "POST",
      body: "a[b=1",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    };
    expect((await fetch(session.url ?? "", init)).status).toBe(400);
  });

  it("answers 404 for a session that does not exist", async () => {
    expect((await visit(`${kit.server.url}/c/pay/cs_test_no`)).response.status).toBe(404);
  });
});

describe("paying on the page", () => {
  it("sends the buyer back to the shop with the session's id", async () => {
    const session = await createSession(kit.stripe);
    expect(await submit(session.id, payForm)).toMatchObject({
      status: 303,
      location: `http://shop.test/thanks?session_id=${session.id}`,
    });
    expect(await statusOf(session.id)).toStrictEqual(["complete", "paid"]);
    const { customer_details: details } = await kit.stripe.checkout.sessions.retrieve(session.id);
    expect(details).toMatchObject({ email: "ada@example.com", name: "Ada" });
  });

  it("takes the money once when the form is submitted twice", async () => {
    const session = await createSession(kit.stripe);
    const answers = await Promise.all([submit(session.id, payForm), submit(session.id, payForm)]);
    expect(answers.map(({ status }) => status)).toStrictEqual([303, 303]);
    expect((await kit.stripe.charges.list()).data).toHaveLength(1);
  });

  it("says why a card was declined and lets the buyer try another", async () => {
    const session = await createSession(kit.stripe);
    const declined = await submit(session.id, { ...cardForm, card: "4000000000009995" });
    expect(declined.status).toBe(402);
    expect(declined.text).toMatch(/role="alert"[^>]*>\s*Your card has insufficient funds/);
    expect(declined.text).toContain('value="Ada"');
    expect(declined.text).not.toContain('value="123"');
    expect((await submit(session.id, payForm)).status).toBe(303);
  });

  it.each([
    [{ card: "" }, "Enter the card number"],
    [{ expiry: "13/34" }, "MM / YY"],
    [{ expiry: "01 / 20" }, "in the past"],
    [{ cvc: "1" }, "3 or 4 digits"],
    [{ name: " " }, "name on the card"],
    [{ email: "nobody" }, "email address"],
  ])("points at the field that is wrong: %o", async (change, message) => {
    const session = await createSession(kit.stripe);
    const { status, text } = await submit(session.id, { ...payForm, ...change });
    expect(status).toBe(422);
    expect(text).toContain(message);
    expect(text).toContain('aria-invalid="true"');
    expect(await statusOf(session.id)).toStrictEqual(["open", "unpaid"]);
  });

  it("takes a bank debit", async () => {
    const session = await createSession(kit.stripe);
    expect((await visit(session.url)).text).toContain("Bank debit (ACH)");
    expect(
      (await submit(session.id, { action: "pay", method: "bank_debit", email: "a@example.com" })).status,
    ).toBe(303);
    expect(await statusOf(session.id)).toStrictEqual(["complete", "unpaid"]);
    expect((await visit(`${kit.server.url}/c/pay/${session.id}`)).text).toContain(
      "Your payment is on its way",
    );
  });

  it("asks for no card when there is nothing to pay", async () => {
    const session = await createSession(kit.stripe, { price: { unit_amount: 0 } });
    const { text } = await visit(session.url);
    expect(text).toContain("Complete order");
    expect(text).not.toContain('name="card"');
    expect((await submit(session.id, { action: "pay", email: "a@example.com" })).status).toBe(303);
    expect(await statusOf(session.id)).toStrictEqual(["complete", "no_payment_required"]);
  });
});

describe("promotion codes on the page", () => {
  it("are applied, shown, and taken off again", async () => {
    await createCode(20);
    const session = await createSession(kit.stripe, { allow_promotion_codes: true });
    expect((await apply(session.id, " spring ")).status).toBe(303);
    const { text } = await visit(session.url);
    expect(text).toContain("Promotion code SPRING");
    expect(text).toContain("Pay $8.00");
    expect(await kit.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ amount_total: 800 });
    await submit(session.id, { action: "remove_promotion_code" });
    expect((await visit(session.url)).text).toContain("Pay $10.00");
  });

  it("are refused with a message when they are wrong, and where the session takes none", async () => {
    await createCode(20);
    const session = await createSession(kit.stripe, { allow_promotion_codes: true });
    expect(await apply(session.id, "nothing")).toMatchObject({
      status: 422,
      text: expect.stringContaining("This code is invalid"),
    });
    const plain = await createSession(kit.stripe);
    expect((await visit(plain.url)).text).not.toContain("promotion_code");
    expect((await apply(plain.id, "SPRING")).status).toBe(422);
    expect((await kit.stripe.checkout.sessions.retrieve(plain.id)).amount_total).toBe(1000);
  });

  it("change what a declined payment intent asks for", async () => {
    await createCode(50);
    const session = await createSession(kit.stripe, { allow_promotion_codes: true });
    await submit(session.id, { ...cardForm, card: "4000000000000002" });
    await apply(session.id, "SPRING");
    await submit(session.id, payForm);
    const { payment_intent: intent } = await kit.stripe.checkout.sessions.retrieve(session.id, {
      expand: ["payment_intent"],
    });
    expect(intent).toMatchObject({ amount: 500, amount_received: 500 });
  });

  it("make an order free, even after a declined attempt", async () => {
    await createCode(100);
    const session = await createSession(kit.stripe, { allow_promotion_codes: true });
    await submit(session.id, { ...cardForm, card: "4000000000000002" });
    await apply(session.id, "SPRING");
    await submit(session.id, { action: "pay", email: "a@example.com" });
    expect(await kit.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      payment_status: "no_payment_required",
      payment_intent: null,
    });
  });
});

describe("a page that can no longer be paid", () => {
  it("says that the order is paid and leads back", async () => {
    const session = await createSession(kit.stripe);
    await submit(session.id, payForm);
    const { text } = await visit(`${kit.server.url}/c/pay/${session.id}`);
    expect(text).toContain("You have already paid");
    expect(text).toContain(`href="http://shop.test/thanks?session_id=${session.id}"`);
  });

  it("says that the session has expired and takes no payment", async () => {
    const session = await createSession(kit.stripe);
    await kit.stripe.checkout.sessions.expire(session.id);
    const { response, text } = await visit(session.url);
    expect(response.status).toBe(410);
    expect(text).toContain("This checkout has expired");
    expect((await submit(session.id, payForm)).status).toBe(410);
    expect(await statusOf(session.id)).toStrictEqual(["expired", "unpaid"]);
  });
});
