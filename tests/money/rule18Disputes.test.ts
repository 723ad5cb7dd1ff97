import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ControlClient } from "../../local/stripe/testing/controlClient.ts";
import { MoneyShop, type Plan } from "./shop.ts";

type Wanted = NonNullable<Parameters<ControlClient["dispute"]>[1]>;

/**
 * Rule 18: a dispute counts by the money that moved, whatever its status is called.
 * https://docs.stripe.com/api/disputes/object#dispute_object-balance_transactions
 */
describe("rule 18: a dispute", () => {
  let shop: MoneyShop;
  let pack: Plan;

  beforeAll(async () => {
    shop = await MoneyShop.open();
    pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
  });

  afterAll(async () => await shop.close());

  /** A purchase of 100 credits for 5.00. Returns its payment intent. */
  async function buy(userId: string): Promise<string> {
    const sessionId = await shop.buyOnce(userId, pack);
    await shop.settle();
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    return intent;
  }

  async function readPayment(intent: string) {
    return await shop.readDocument(`payments/stripe_${intent}`);
  }

  async function readRequests(): Promise<string[]> {
    const requests = await shop.history.control.readRequests();
    return requests.map(({ method, path }) => `${method} ${path}`);
  }

  /** What a purchase keeps once its dispute has begun and, if it does, ended. */
  async function dispute(
    intent: string,
    wanted: Wanted,
    outcome?: "won" | "lost" | "warning_closed",
  ): Promise<void> {
    const { id } = await shop.history.control.dispute(intent, wanted);
    await shop.settle();
    if (outcome) await shop.history.control.closeDispute(id, outcome);
  }

  // prettier-ignore
  it.each<[string, Wanted, ("won" | "lost" | "warning_closed") | undefined, number, string, number]>([
    // what                                    how                                                     ends             charged back  status          credits
    ["prevented by giving the money back",     { prevented: true },                                     undefined,       500, "charged_back", 0],
    ["prevented by giving a part back",        { prevented: true, amount: 200 },                        undefined,       200, "charged_back", 60],
    ["prevented before any money moved",       { prevented: true, withdrawn: 0 },                       undefined,       0,   "succeeded",    100],
    ["lost of all",                            {},                                                      "lost",          500, "charged_back", 0],
    ["lost of a part",                         { amount: 200 },                                         "lost",          200, "charged_back", 60],
    ["won",                                    {},                                                      "won",           0,   "succeeded",    100],
    ["an inquiry that comes to nothing",       { inquiry: true },                                       "warning_closed", 0,  "succeeded",    100],
    ["lost of all in yen",                     { currency: "jpy", amount: 780, withdrawn: 500 },        "lost",          500, "charged_back", 0],
    ["lost of a part in yen",                  { currency: "jpy", amount: 312, withdrawn: 200 },        "lost",          200, "charged_back", 60],
    ["lost of all in won, at another rate",    { currency: "krw", amount: 7_000, withdrawn: 520 },      "lost",          500, "charged_back", 0],
    ["won in yen",                             { currency: "jpy", amount: 780, withdrawn: 500 },        "won",           0,   "succeeded",    100],
    ["prevented in yen",                       { currency: "jpy", amount: 780, withdrawn: 500, prevented: true }, undefined, 500, "charged_back", 0],
    ["prevented in yen before money moved",    { currency: "jpy", amount: 780, withdrawn: 0, prevented: true },   undefined, 0, "succeeded",  100],
  ])("%s takes the money that moved", async (name, wanted, outcome, amountChargedBack, status, credits) => {
    const intent = await buy(name);
    await dispute(intent, wanted, outcome);
    await shop.settle();
    expect(await readPayment(intent)).toMatchObject({ status, amountChargedBack, currency: "usd" });
    expect(await shop.readCredits(name)).toMatchObject({ given: credits, available: credits });
    const { data } = await shop.stripe.disputes.list({ payment_intent: intent });
    const moved = data.flatMap(({ balance_transactions: transactions }) => transactions);
    const taken = moved.reduce((sum, { amount }) => sum - amount, 0);
    expect(Math.min(500, taken)).toBe(amountChargedBack);
  });

  it("says the same if its events come the other way round", async () => {
    const intents = await Promise.all(["back yen", "back prevented"].map(buy));
    const [yen = "", prevented = ""] = intents;
    const { id } = await shop.history.control.dispute(yen, { currency: "jpy", amount: 312, withdrawn: 200 });
    await shop.history.control.closeDispute(id, "lost");
    await shop.history.control.dispute(prevented, { prevented: true });
    await shop.settle({ newestFirst: true });
    expect((await shop.readCredits("back yen")).given).toBe(60);
    expect((await shop.readCredits("back prevented")).given).toBe(0);
  });

  it("freezes what is left until it is over, in whatever currency it is", async () => {
    const intent = await buy("frozen");
    await dispute(intent, { currency: "jpy", amount: 780, withdrawn: 500 });
    expect(await shop.readCredits("frozen")).toMatchObject({ given: 100, available: 0 });
    expect(await readPayment(intent)).toMatchObject({ status: "disputed", amountChargedBack: 0 });
  });

  it("that is lost after a full refund takes nothing more, and leaves the payment refunded", async () => {
    const intent = await buy("refunded");
    await shop.stripe.refunds.create({ payment_intent: intent });
    await dispute(intent, {}, "lost");
    expect((await shop.readCredits("refunded")).given).toBe(0);
    const gone = { status: "refunded", amountRefunded: 500, amountChargedBack: 0 };
    expect(await readPayment(intent)).toMatchObject(gone);
  });

  it("of a payment that is not known yet is heard with it", async () => {
    const sessionId = await shop.buyOnce("unknown", pack);
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    const yen = { currency: "jpy", amount: 312, withdrawn: 200 };
    const { id } = await shop.history.control.dispute(intent, yen);
    await shop.history.control.closeDispute(id, "lost");
    await shop.settle({ newestFirst: true });
    expect((await shop.readCredits("unknown")).given).toBe(60);
  });

  it("is understood without asking, unless it is in another currency", async () => {
    const [usd, yen] = [await buy("asks nothing"), await buy("asks")];
    await shop.history.control.dispute(usd, {});
    const before = await readRequests();
    await shop.settle();
    expect(await readRequests()).toEqual(before);
    await shop.history.control.dispute(yen, { currency: "jpy", amount: 780, withdrawn: 500 });
    await shop.settle();
    expect(await readRequests()).toContain("GET /v1/disputes");
  });
});
