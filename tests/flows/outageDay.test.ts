import { describe, expect, it } from "vitest";
import { spendCredits } from "../../functions/src/credits/credits.ts";
import { compareBooks, readMoment } from "../kit/books/books.ts";
import { deliverEverything } from "../kit/suite/deliveries.ts";
import {
  control,
  createProduct,
  db,
  readAccount,
  signUp,
  stripe,
  toId,
  type TestUser,
} from "../kit/suite/harness.ts";
import { buy, createPlan, open, payFor, subscribe } from "../kit/suite/situations.ts";
import { readCatalogue } from "../kit/suite/story.ts";
import { eventually } from "../kit/eventually.ts";

const HOUR_SECONDS = 3_600;

/** Somebody on the evening before, and what they do, or is done to them, on the day. */
interface Actor {
  user: TestUser;
  act: () => Promise<unknown>;
  /** A product whose place in the catalogue belongs to how it ends. */
  productId?: string;
}

interface Ending {
  sessions: string[];
  payments: string[];
  credits: string;
  plan?: string;
  product?: string;
}

/** What happens on the day, and how it ends for everybody, whoever tells us of it. Amounts in cents. */
const business: Record<string, { begin: () => Promise<Actor>; ends: Ending }> = {
  "a plan is doubled, and renewed in the night": {
    begin: beginPlan,
    ends: {
      sessions: ["completed 1900"],
      payments: ["succeeded 1900", "succeeded 3800"],
      credits: "1500 left of 1500, 0 used, 0 debt",
      plan: "active",
    },
  },
  "somebody never pays": {
    begin: async () => ({ ...(await open()), act: async () => {} }),
    ends: { sessions: ["expired 500"], payments: [], credits: "none" },
  },
  "a price changes, and somebody who saw the old one pays": {
    begin: beginPriceChange,
    ends: {
      sessions: ["completed 500"],
      payments: ["succeeded 500"],
      credits: "100 left of 100, 0 used, 0 debt",
      product: "20 credits for 700",
    },
  },
  "somebody buys": {
    begin: async () => {
      const user = await signUp();
      return { user, act: async () => await payFor(await open({ user })) };
    },
    ends: {
      sessions: ["completed 500"],
      payments: ["succeeded 500"],
      credits: "100 left of 100, 0 used, 0 debt",
    },
  },
  "somebody spends, and half of their money is refunded": {
    begin: async () => {
      const { user, paymentIntentId } = await buy();
      const act = async () => {
        await spend(user, 30);
        await stripe.refunds.create({ payment_intent: paymentIntentId, amount: 250 });
      };
      return { user, act };
    },
    ends: {
      sessions: ["completed 500"],
      payments: ["partially_refunded 500, 250 refunded"],
      credits: "20 left of 50, 30 used, 0 debt",
    },
  },
  "somebody who has spent everything is refunded, and buys again": {
    begin: async () => {
      const { user, paymentIntentId } = await buy();
      await spend(user, 100);
      const act = async () => {
        await stripe.refunds.create({ payment_intent: paymentIntentId });
        await payFor(await open({ user }));
      };
      return { user, act };
    },
    ends: {
      sessions: ["completed 500", "completed 500"],
      payments: ["refunded 500, 500 refunded", "succeeded 500"],
      credits: "0 left of 100, 100 used, 0 debt",
    },
  },
  "somebody disputes, and we win": {
    begin: async () => {
      const { user, paymentIntentId } = await buy();
      return {
        user,
        act: async () => await control.closeDispute((await control.dispute(paymentIntentId)).id, "won"),
      };
    },
    ends: {
      sessions: ["completed 500"],
      payments: ["succeeded 500"],
      credits: "100 left of 100, 0 used, 0 debt",
    },
  },
  "somebody disputes what they spend of, and we lose": {
    begin: async () => {
      const { user, paymentIntentId } = await buy();
      const act = async () => {
        await spend(user, 40);
        await control.closeDispute((await control.dispute(paymentIntentId)).id, "lost");
      };
      return { user, act };
    },
    ends: {
      sessions: ["completed 500"],
      payments: ["charged_back 500, 500 charged back"],
      credits: "0 left of 0, 40 used, 40 debt",
    },
  },
  "a bank debit fails": {
    begin: async () => await beginBankDebit("failed"),
    ends: { sessions: ["failed 500"], payments: ["failed 500"], credits: "none" },
  },
  "a bank debit comes": {
    begin: async () => await beginBankDebit("succeeded"),
    ends: {
      sessions: ["completed 500"],
      payments: ["succeeded 500"],
      credits: "100 left of 100, 0 used, 0 debt",
    },
  },
};

const endings = Object.fromEntries(Object.entries(business).map(([name, { ends }]) => [name, ends]));

describe("a day of mixed business", () => {
  it("ends as it should when every webhook arrives", async () => {
    const actors = await beginAll();
    const morning = await readMoment();
    await passDay(actors);
    await deliverEverything(morning);
    await eventually(async () => expect(await readEndings(actors)).toEqual(endings));
  }, 120_000);

  it("ends the same when none arrives, by one reconciliation", async () => {
    const [actors, admin] = [await beginAll(), await signUp({ admin: true })];
    const morning = await readMoment();
    await control.setWebhookMode("drop");
    await passDay(actors);
    expect((await db.collection("payments").where("updatedAt", ">=", morning.at).get()).size).toBe(0);
    await control.setWebhookMode("normal");
    const report = await admin.functionProvider.run("runReconciliation", {});
    const { complete, ...tallies } = report;
    expect(complete).toBe(true);
    expect(new Set(Object.values(tallies).map(({ failed }) => failed))).toEqual(new Set([0]));
    await eventually(async () => expect(await readEndings(actors)).toEqual(endings));
    await eventually(async () => {
      const { differences, theirs, ours } = await compareBooks(morning);
      expect({ differences, sums: ours }).toEqual({ differences: [], sums: theirs });
    });
    const { complete: isDone, ...again } = await admin.functionProvider.run("runReconciliation", {});
    expect(isDone).toBe(true);
    expect(new Set(Object.values(again).map(({ repaired }) => repaired))).toEqual(new Set([0]));
  }, 120_000);
});

type Actors = Map<string, Actor>;

/** Everybody on the evening before, of whom we have heard everything. */
async function beginAll(): Promise<Actors> {
  const before = await readMoment();
  const actors: Actors = new Map();
  for (const [name, { begin }] of Object.entries(business)) actors.set(name, await begin());
  await deliverEverything(before);
  return actors;
}

/** One after the other, three hours apart. */
async function passDay(actors: Actors): Promise<void> {
  for (const { act } of actors.values()) {
    await act();
    await control.passSeconds(3 * HOUR_SECONDS);
  }
}

/** A plan whose month ends on the day; it begins before all others, since it moves the clock. */
async function beginPlan(): Promise<Actor> {
  const { user, subscriptionId } = await subscribe();
  const larger = await createPlan({ creditsAmount: "1000", unitAmount: 3_800 });
  const [item] = (await stripe.subscriptions.retrieve(subscriptionId)).items.data;
  await control.passUntil(Number(item?.current_period_end) - 12 * HOUR_SECONDS);
  const act = async () => {
    const items = [{ id: toId(item), price: larger.priceId }];
    await stripe.subscriptions.update(subscriptionId, { items, proration_behavior: "none" });
  };
  return { user, act };
}

async function beginBankDebit(outcome: "succeeded" | "failed"): Promise<Actor> {
  const { user, paymentIntentId } = await payFor(await open(), { method: "bank_debit" });
  return { user, act: async () => await control.settle(paymentIntentId, outcome) };
}

async function beginPriceChange(): Promise<Actor> {
  const productId = await createProduct();
  const opened = await open({ productId });
  const act = async () => {
    const price = await stripe.prices.create({ product: productId, currency: "usd", unit_amount: 700 });
    const metadata = { creditsAmount: "20" };
    await stripe.products.update(productId, { default_price: price.id, metadata });
    await payFor(opened);
  };
  return { user: opened.user, act, productId };
}

async function spend({ uid }: TestUser, amount: number): Promise<void> {
  const context = { db, now: () => new Date() };
  const spent = await spendCredits(context, { userId: uid, amount, key: "film", reason: "A film" });
  expect(spent).toMatchObject({ outcome: "spent" });
}

async function readEndings(actors: Actors): Promise<Record<string, Ending>> {
  const read = [...actors].map(async ([name, actor]) => [name, await readEnding(actor)] as const);
  return Object.fromEntries(await Promise.all(read));
}

async function readEnding({ user, productId }: Actor): Promise<Ending> {
  const [sessions, payments, { subscription }] = await Promise.all([
    readOwn("payment_sessions", user),
    readOwn("payments", user),
    readAccount(user.uid),
  ]);
  const plan: string | undefined = subscription?.["plan"]?.status;
  return {
    sessions: toTexts(sessions, ({ status, amount }) => `${status} ${amount}`),
    payments: toTexts(payments, toPaymentText),
    credits: subscription ? toCreditsText(subscription) : "none",
    ...(plan !== undefined && { plan }),
    ...(productId !== undefined && { product: await readCatalogue(productId) }),
  };
}

type Documents = FirebaseFirestore.DocumentData[];

async function readOwn(collection: string, { uid }: TestUser): Promise<Documents> {
  const { docs } = await db.collection(collection).where("userId", "==", uid).get();
  return docs.map((snapshot) => snapshot.data());
}

function toTexts(
  documents: Documents,
  toText: (document: FirebaseFirestore.DocumentData) => string,
): string[] {
  return documents.map(toText).toSorted((a, b) => a.localeCompare(b));
}

function toPaymentText(payment: FirebaseFirestore.DocumentData): string {
  const { status, amount, amountRefunded, amountChargedBack } = payment;
  const refunded = amountRefunded === 0 ? "" : `, ${amountRefunded} refunded`;
  return `${status} ${amount}${refunded}${amountChargedBack === 0 ? "" : `, ${amountChargedBack} charged back`}`;
}

function toCreditsText(subscription: FirebaseFirestore.DocumentData): string {
  const { availableCredits, totalCredits, creditsUsed, debt } = subscription;
  return `${availableCredits} left of ${totalCredits}, ${creditsUsed} used, ${debt} debt`;
}
