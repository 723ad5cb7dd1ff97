import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../kit/hosting/tokens.ts";
import { queries as auditQueries } from "../../functions/src/admin/db.ts";
import { queries as userQueries } from "../../functions/src/admin/user/db.ts";
import type { QueryDefinition } from "../../functions/src/platform/query.ts";
import { readDeclaredQueries, toShape, toText } from "../kit/queries.ts";
import { Bill } from "./bill.ts";
import { Market } from "./market.ts";

const ada: Caller = { userId: "ada", email: "ada@example.com" };
const ben: Caller = { userId: "ben", email: "ben@example.com" };
const cleo: Caller = { userId: "cleo", email: "cleo@example.com" };
const admin: Caller = { userId: "root", admin: true };

const MONTH_SECONDS = 32 * 86_400;

/**
 * What the deployed functions cost, story by story, on warm instances: counted where they reach Firestore and Stripe, and
 * where they are called. To record it anew: `npx vitest run --project suite tests/cost --update`.
 */
describe("the cost", () => {
  let market: Market;
  let bill: Bill;

  beforeAll(async () => {
    market = await Market.open();
    bill = new Bill(market.functions);
    await warmUp();
    await tellOfPurchases();
    await tellOfMoneyBack();
    await tellOfTime();
  });

  afterAll(async () => await market.close());

  it("of a purchase on a warm instance is one provider call, three invocations and no query", () => {
    expect(bill.row("purchase")).toMatchObject({ invocations: 3, providerCalls: 1, queries: 0, found: 0 });
  });

  it("of a tenth purchase is that of the second", () => {
    const { story: _tenth, ...tenth } = bill.row("tenth purchase");
    const { story: _second, ...second } = bill.row("purchase");
    expect(tenth).toEqual(second);
  });

  it("is of the declared queries, and of no other", async () => {
    await tellOfDebt();
    await market.forgetHold(cleo);
    await market.lookBack(cleo);
    // Whose an unknown payment's refund is depends on whether there are invoices.
    await market.letHappen((control) => control.addForeignEvents({ count: 1, type: "refund.created" }));
    await market.functions.runSchedule("reconcilePayments");
    const { calls } = market.functions.wire.gate;
    const asked = new Set(calls.flatMap(({ queries }) => queries));
    // What admins look for costs what they look at: it is no part of a story.
    const byAdmins = [auditQueries, userQueries].flatMap((queries) =>
      Object.values<QueryDefinition>(queries),
    );
    const ofAdmins = new Set(byAdmins.map(toShape).map(toText));
    const declared = (await readDeclaredQueries()).map(toShape).map(toText);
    expect([...asked].toSorted()).toEqual(
      [...new Set(declared)].filter((query) => !ofAdmins.has(query)).toSorted(),
    );
    expect(calls.filter(({ counts, queries }) => counts.queries !== queries.length)).toEqual([]);
  });

  it("of every story is what it was", () => {
    console.log(`${bill.toText()}\n`);
    expect(bill.toText()).toMatchInlineSnapshot(`
      "story                          invocations  providerCalls  reads  queries  found  writes
      reconciliation, nothing to do            1              2     17        7      0       3
      first purchase of a user                 3              2      7        0      0      10
      purchase                                 3              1      6        0      0       9
      purchase, credits that end               3              1      6        0      0       9
      purchase, verified on return             4              2     12        0      0      10
      verifyPayment, completed                 1              0      4        0      0       0
      webhook, repeated                        1              0      3        0      0       0
      checkout, abandoned                      2              1      4        0      0       5
      tenth purchase                           3              1      6        0      0       9
      refund in full                           4              0     11        2      4       7
      dispute opened                           3              0     10        0      0       6
      dispute won                              3              0     10        0      0       6
      refundPayment                            5              1     13        2      4       7
      spendCredits                             0              0      2        1     10       3
      grantCredits                             1              0      3        0      0       4
      expiry of a grant                        1              0      1        4     11       3
      reconciliation, all done                 1              2     91        7     15       3
      recurring, first period                  5              3     19        0      0      15
      recurring, renewal                       3              1     13        0      0       9"
    `);
  });

  /** A first request loads code and opens connections; a first reconciliation looks further back. */
  async function warmUp(): Promise<void> {
    await market.functions.runSchedule("reconcilePayments");
    await bill.add("reconciliation, nothing to do", () => market.functions.runSchedule("reconcilePayments"));
    const caller = { userId: "warm" };
    await market.verify(caller, await market.buy(caller));
    await market.refundPayment(admin, await market.buy(caller));
    await market.functions.runSchedule("expireCredits");
  }

  async function tellOfPurchases(): Promise<void> {
    await bill.add("first purchase of a user", () => market.buy(ada));
    await bill.add("purchase", () => market.buy(ada));
    await bill.add("purchase, credits that end", () => market.buy(ada, "month"));
    const sessionId = await bill.add("purchase, verified on return", () => market.buyAndVerify(ada));
    await bill.add("verifyPayment, completed", () => market.verify(ada, sessionId));
    const completed = await market.readCompleted(sessionId);
    await bill.add("webhook, repeated", () => market.functions.receiveEvent(completed));
    await bill.add("checkout, abandoned", () => market.abandon(ada));
    for (let n = 5; n < 10; n += 1) await market.buy(ada);
    await bill.add("tenth purchase", () => market.buy(ada));
  }

  async function tellOfMoneyBack(): Promise<void> {
    const refunded = await market.world.readPaymentIntent(await market.buy(ada));
    await bill.add("refund in full", () => market.letHappen((control) => control.refund(refunded)));
    const disputed = await market.world.readPaymentIntent(await market.buy(ada));
    const { id: disputeId } = await bill.add("dispute opened", () =>
      market.letHappen((control) => control.dispute(disputed)),
    );
    await bill.add("dispute won", () =>
      market.letHappen((control) => control.closeDispute(disputeId, "won")),
    );
    const sessionId = await market.buy(ada);
    await bill.add("refundPayment", () => market.refundPayment(admin, sessionId));
  }

  /** What was spent is refunded and repaid by the next purchase, to which it comes back when the refund fails. */
  async function tellOfDebt(): Promise<void> {
    const refunded = await market.world.readPaymentIntent(await market.buy(cleo));
    await market.spend(cleo, 100);
    const { id: refundId } = await market.letHappen((control) => control.refund(refunded));
    await market.buy(cleo);
    await market.letHappen((control) => control.failRefund(refundId));
  }

  async function tellOfTime(): Promise<void> {
    await bill.add("spendCredits", () => market.spend(ada, 30));
    const { expiresAt } = await bill.add("grantCredits", () => market.grant(admin, "ada"));
    await pause(Math.max(0, expiresAt.getTime() - Date.now()));
    await bill.add("expiry of a grant", () => market.functions.runSchedule("expireCredits"));
    await bill.add("reconciliation, all done", () => market.functions.runSchedule("reconcilePayments"));
    await bill.add("recurring, first period", () => market.buy(ben, "plan"));
    await bill.add("recurring, renewal", () =>
      market.letHappen((control) => control.passSeconds(MONTH_SECONDS)),
    );
  }
});
