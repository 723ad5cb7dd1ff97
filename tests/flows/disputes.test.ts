import { describe, expect, it } from "vitest";
import { spendCredits } from "../../functions/src/credits/credits.ts";
import { readMoment } from "../kit/books/books.ts";
import { deliverEverything } from "../kit/suite/deliveries.ts";
import { control, db, pauseWebhooks, readAccount, signUp, stripe } from "../kit/suite/harness.ts";
import {
  buy,
  untilAvailable,
  untilPayment,
  untilSubscription,
  type Bought,
} from "../kit/suite/situations.ts";
import { eventually } from "../kit/eventually.ts";

/** Of a payment of 500 cents for 100 credits; amounts in cents. */
// prettier-ignore
const histories = [
  // what happens to it, in this order         it ends as              refunded  charged back  credits left
  ["refund 200, dispute, won",                 "partially_refunded",   200,      0,            60],
  ["refund 200, dispute, lost",                "charged_back",         200,      300,          0],
  ["refund, dispute, won",                     "refunded",             500,      0,            0],
  ["refund, dispute, lost",                    "refunded",             500,      0,            0],
  ["dispute, won, refund 200",                 "partially_refunded",   200,      0,            60],
  ["dispute, won, refund",                     "refunded",             500,      0,            0],
  ["refund 100, dispute, won, refund 100",     "partially_refunded",   200,      0,            60],
  ["dispute 200, lost",                        "charged_back",         0,        200,          60],
  ["dispute, won, dispute, lost",              "charged_back",         0,        500,          0],
  ["inquiry, refund 200, closed",              "partially_refunded",   200,      0,            60],
  ["inquiry, refund, closed",                  "refunded",             500,      0,            0],
  ["refund 200, inquiry, escalate, lost",      "charged_back",         200,      300,          0],
] as const;

describe("refunds and disputes of one payment", () => {
  it.each(histories)("%s: heard as it happens", async (history, ...end) => {
    const bought = await buy();
    const heard = await readMoment();
    for (const step of history.split(", ")) {
      await happen(bought, step);
      await untilHeard(bought, step);
    }
    await deliverEverything(heard);
    await untilEnd(bought, end);
  });

  it.each(histories)("%s: heard at once and backwards", async (history, ...end) => {
    const bought = await buy();
    const heard = await readMoment();
    await pauseWebhooks(bought.sessionId);
    for (const step of history.split(", ")) await happen(bought, step);
    await control.setWebhookMode("reverse", { sessionId: bought.sessionId });
    await deliverEverything(heard);
    await untilEnd(bought, end);
  });
});

describe("a dispute that is lost after the credits were spent", () => {
  it("leaves debt, which the next purchase repays", async () => {
    const { user, paymentIntentId } = await buy();
    const context = { db, now: () => new Date() };
    await spendCredits(context, { userId: user.uid, amount: 80, key: "film", reason: "A film" });
    const { id: disputeId } = await control.dispute(paymentIntentId);
    await untilSubscription(user, { availableCredits: 0, frozen: 20, debt: 0 });
    await control.closeDispute(disputeId, "lost");
    await untilSubscription(user, { availableCredits: 0, frozen: 0, debt: 80, totalCredits: 0 });
    const again = { userId: user.uid, amount: 1, key: "more", reason: "A picture" };
    expect(await spendCredits(context, again)).toMatchObject({ outcome: "insufficient_credits", debt: 80 });
    await buy({ user });
    await untilSubscription(user, { availableCredits: 20, debt: 0, totalCredits: 100, creditsUsed: 80 });
  });
});

describe("refundPayment of a disputed payment", () => {
  it("is refused by the provider while it is disputed and after it is lost, and changes nothing", async () => {
    const [bought, admin] = [await buy(), await signUp({ admin: true })];
    const { id: disputeId } = await control.dispute(bought.paymentIntentId);
    await untilPayment(bought.paymentIntentId, { status: "disputed" });
    await expectRefused(admin, bought);
    await control.closeDispute(disputeId, "lost");
    await untilPayment(bought.paymentIntentId, { status: "charged_back" });
    await expectRefused(admin, bought);
    await untilPayment(bought.paymentIntentId, { amountRefunded: 0, amountChargedBack: 500 });
    await eventually(async () => {
      const { entries } = await readAccount(bought.user.uid);
      expect(entries.map(({ delta }) => delta)).toEqual([100, -100]);
    });
  });
});

async function expectRefused(
  { functionProvider }: Awaited<ReturnType<typeof signUp>>,
  { paymentId }: Bought,
): Promise<void> {
  const call = functionProvider.run("refundPayment", { paymentId, requestId: crypto.randomUUID() });
  await expect(call).rejects.toMatchObject({ code: "failed-precondition" });
}

/** One step of a history: what is done, and by how many cents if not by all. */
async function happen({ paymentIntentId }: Bought, step: string): Promise<void> {
  const [what, cents] = step.split(" ");
  const amount = cents === undefined ? {} : { amount: Number(cents) };
  switch (what) {
    case "refund":
      await stripe.refunds.create({ payment_intent: paymentIntentId, ...amount });
      return;
    case "dispute":
    case "inquiry":
      await control.dispute(paymentIntentId, { inquiry: what === "inquiry", ...amount });
      return;
    case "escalate":
      await control.escalateDispute(await readDisputeId(paymentIntentId));
      return;
    case "closed":
      await control.closeDispute(await readDisputeId(paymentIntentId), "warning_closed");
      return;
    case "won":
    case "lost":
      await control.closeDispute(await readDisputeId(paymentIntentId), what);
      return;
    default:
      throw new Error(`Unknown step "${step}"`);
  }
}

/** While a payment is disputed nothing of it can be spent, whatever came before. */
async function untilHeard({ user, paymentIntentId }: Bought, step: string): Promise<void> {
  if (!["dispute", "inquiry"].includes(step)) return;
  await untilPayment(paymentIntentId, { status: "disputed" });
  await untilAvailable(user, 0);
}

async function untilEnd({ user, paymentIntentId }: Bought, end: readonly [string, number, number, number]) {
  const [status, amountRefunded, amountChargedBack, credits] = end;
  await untilPayment(paymentIntentId, { status, amountRefunded, amountChargedBack });
  await untilSubscription(user, { availableCredits: credits, totalCredits: credits, frozen: 0, debt: 0 });
}

async function readDisputeId(paymentIntentId: string): Promise<string> {
  const { data } = await stripe.disputes.list({ payment_intent: paymentIntentId });
  return String(data[0]?.id);
}
