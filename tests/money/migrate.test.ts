import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrate } from "../../functions/src/admin/migrate.ts";
import type { MigrateResult } from "../../functions/src/contract/admin.ts";
import { grantCredits } from "../../functions/src/credits/credits.ts";
import { sweepExpired } from "../../functions/src/credits/sweep.ts";
import { age } from "./oldDocuments.ts";
import { MoneyShop } from "./shop.ts";

type Data = Record<string, unknown>;

/** Versions 9a2663f and 7cabdf9 kept in payments and entries what their users are not to read. */
describe("migrate", () => {
  let shop: MoneyShop;

  beforeEach(async () => {
    shop = await MoneyShop.open();
  });

  afterEach(async () => await shop.close());

  /** A purchase that a bank has warned of; its payment as the versions before wrote it. */
  async function buyWarned(userId: string): Promise<string> {
    const pack = await shop.sellOnce({ credits: 100, unitAmount: 500 });
    const sessionId = await shop.buyOnce(userId, pack);
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(sessionId);
    if (typeof intent !== "string") throw new Error("Expected a payment intent");
    await shop.history.control.warnOfFraud(intent);
    await shop.settle();
    await makeOld(`payments/stripe_${intent}`);
    return `payments/stripe_${intent}`;
  }

  /** Puts back into the payment what is hidden now. */
  async function makeOld(path: string): Promise<void> {
    const { db } = shop.history;
    const hidden = await shop.readDocument(`${path}/private/facts`);
    await db.doc(path).update({ "facts.disputes": hidden?.["disputes"] ?? {} });
    await db.doc(`${path}/private/facts`).delete();
  }

  /** A gift's entry as the versions before wrote it. */
  async function giveOld(userId: string, key: string): Promise<string> {
    const { context, db } = shop.history;
    const wanted = { userId, amount: 20, key, reason: "Threatened us", grantedBy: "root" };
    await grantCredits(context, wanted);
    const path = `subscriptions/${userId}/entries/admin_${key}_1`;
    const hidden = await shop.readDocument(`${path}/private/cause`);
    const { reason, grantedBy, inputHash } = hidden ?? {};
    await db.doc(path).update({ cause: { key, reason, grantedBy }, inputHash });
    await db.doc(`${path}/private/cause`).delete();
    return path;
  }

  async function migrateAll(): Promise<MigrateResult[]> {
    const pages: MigrateResult[] = [];
    let cursor: string | undefined;
    for (;;) {
      const page = await migrate(shop.history.context, { cursor });
      pages.push(page);
      if (page.next === null) return pages;
      cursor = page.next;
    }
  }

  async function readAll(): Promise<Data> {
    const { db } = shop.history;
    const found = await Promise.all([
      db.collection("payments").get(),
      ...["private", "entries", "grants"].map((name) => db.collectionGroup(name).get()),
      db.collection("subscriptions").get(),
    ]);
    return Object.fromEntries(found.flatMap(({ docs }) => docs.map((each) => [each.ref.path, each.data()])));
  }

  it("moves what users are not to read, once", async () => {
    const payment = await buyWarned("ada");
    const entry = await giveOld("ada", "k1");
    await shop.buyOnce("ben", await shop.sellOnce({ credits: 10, unitAmount: 50 }));
    await shop.settle();
    await age(shop);
    expect(sum(await migrateAll())).toEqual({
      payments: { seen: 2, moved: 1 },
      accounts: { seen: 2, moved: 1 },
    });
    expect(await shop.readDocument(payment)).toMatchObject({ status: "disputed", facts: { disputes: {} } });
    expect(await shop.readDocument(`${payment}/private/facts`)).toMatchObject({ frozen: true });
    expect((await shop.readDocument(entry))?.["cause"]).toEqual({ key: "k1" });
    expect(await shop.readDocument(entry)).not.toHaveProperty("inputHash");
    expect(await shop.readDocument(`${entry}/private/cause`)).toMatchObject({
      reason: "Threatened us",
      grantedBy: "root",
    });
    const moved = await readAll();
    expect(sum(await migrateAll())).toEqual({
      payments: { seen: 2, moved: 0 },
      accounts: { seen: 2, moved: 0 },
    });
    expect(await readAll()).toEqual(moved);
  });

  it("changes no credits, and a gift that is asked for again is known", async () => {
    await buyWarned("ada");
    await giveOld("ada", "k1");
    const before = await shop.readCredits("ada");
    await migrateAll();
    expect(await shop.readCredits("ada")).toEqual(before);
    const again = { userId: "ada", amount: 20, key: "k1", reason: "Threatened us", grantedBy: "root" };
    expect(await grantCredits(shop.history.context, again)).toMatchObject({ repeated: true });
  });

  it("lets payments thaw that were frozen before there was an end of that", async () => {
    const payment = await buyWarned("patient");
    await shop.pass(31);
    const sweep = async () => await sweepExpired({ ...shop.history.context, fraudFreezeDays: 30 });
    expect(await sweep()).toMatchObject({ thawed: 0 });
    await migrateAll();
    expect(await sweep()).toMatchObject({ thawed: 1 });
    expect(await shop.readDocument(payment)).toMatchObject({ status: "succeeded" });
    expect(await shop.readCredits("patient")).toMatchObject({ given: 100, available: 100 });
  });

  it("moves what lay in a payment for a while: the time of the freeze, and its end", async () => {
    const payment = await buyWarned("between");
    const [warning] = (await shop.stripe.radar.earlyFraudWarnings.list()).data;
    const at = shop.history.context.now();
    const ref = shop.history.db.doc(payment);
    await ref.update({ [`facts.thaws`]: { [warning?.id ?? ""]: { at } }, frozenSince: null });
    await ref
      .collection("private")
      .doc("facts")
      .create({
        thaws: { [warning?.id ?? ""]: { at, actor: "root", reason: "A regular" } },
        createdAt: at,
        updatedAt: at,
      });
    await migrateAll();
    const moved = await shop.readDocument(payment);
    expect(moved).toMatchObject({ status: "succeeded", facts: { disputes: {} } });
    expect(moved).not.toHaveProperty("frozenSince");
    expect(moved).not.toHaveProperty("facts.thaws");
    expect(await shop.readDocument(`${payment}/private/facts`)).toMatchObject({
      thaws: { [warning?.id ?? ""]: { actor: "root", reason: "A regular" } },
      frozen: false,
    });
  });

  it("is not needed for news: an old payment is read as it is, and moved by what comes next", async () => {
    const payment = await buyWarned("next");
    const intent = payment.slice("payments/stripe_".length);
    await shop.history.control.refund(intent, { amount: 100 });
    expect(await shop.readCredits("next")).toMatchObject({ given: 80, available: 0 });
    expect(await shop.readDocument(payment)).toMatchObject({ status: "disputed", facts: { disputes: {} } });
    expect(await shop.readDocument(`${payment}/private/facts`)).toMatchObject({ frozen: true });
  });

  it("goes on where it was stopped, whatever was written meanwhile", async () => {
    for (const userId of ["a", "b", "c"]) {
      await buyWarned(userId);
      await giveOld(userId, "k1");
      await giveOld(userId, "k2");
    }
    const first = await migrate(shop.history.context, { limit: 2 });
    expect(first).toMatchObject({
      payments: { seen: 2, moved: 2 },
      next: expect.stringMatching(/^payments:/),
    });
    await buyWarned("d");
    const rest: MigrateResult[] = [];
    for (let { next } = first; next !== null;) {
      const page = await migrate(shop.history.context, { cursor: next, limit: 2 });
      rest.push(page);
      ({ next } = page);
    }
    await migrateAll();
    const { docs } = await shop.history.db.collection("payments").get();
    expect(docs.map((payment) => payment.get("facts.disputes"))).toEqual([{}, {}, {}, {}]);
    const { docs: entries } = await shop.history.db.collectionGroup("entries").get();
    expect(entries.filter((entry) => entry.get("cause.grantedBy") !== undefined)).toEqual([]);
    expect(sum(rest).accounts).toEqual({ seen: 4, moved: 6 });
  });

  it("reports what cannot be read, and moves all else", async () => {
    const [broken, fine] = [await buyWarned("broken"), await buyWarned("fine")];
    await shop.history.db.doc(broken).update({ metadata: "none" });
    const [page] = await migrateAll();
    expect(page).toMatchObject({
      payments: { seen: 2, moved: 1 },
      failed: [{ id: broken.slice("payments/".length), reason: expect.stringContaining("metadata") }],
    });
    expect(await shop.readDocument(fine)).toMatchObject({ facts: { disputes: {} } });
  });

  it("refuses a cursor that is none", async () => {
    await expect(migrate(shop.history.context, { cursor: "users:" })).rejects.toMatchObject({
      code: "invalid_argument",
    });
  });
});

function sum(pages: readonly MigrateResult[]) {
  const add = (key: "payments" | "accounts", field: "seen" | "moved") =>
    pages.reduce((total, page) => total + page[key][field], 0);
  return {
    payments: { seen: add("payments", "seen"), moved: add("payments", "moved") },
    accounts: { seen: add("accounts", "seen"), moved: add("accounts", "moved") },
  };
}
