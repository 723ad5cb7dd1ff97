import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildFacts, buildPaidNews, buildPaymentSession, at } from "../../../../tests/kit/builders.ts";
import { Ledger } from "../../../../tests/kit/ledger.ts";
import type { PaymentFacts } from "../../contract/documents.ts";
import { mergePayment, type WholePayment } from "../../payments/merge.ts";
import { toEntitlement } from "../entitlement.ts";

interface News {
  key: string;
  facts: PaymentFacts;
}

const paymentKeys = ["pi_1", "pi_2", "pi_3"];
const instants = fc.integer({ min: 0, max: 3 }).map(at);

/** One more fact about one payment: a refund, or a dispute, in some state. */
const anyFact = fc.oneof(
  fc
    .record({
      id: fc.constantFrom("re_1", "re_2"),
      state: fc.constantFrom("pending", "succeeded", "failed"),
      amount: fc.constantFrom(300, 700),
      at: instants,
    })
    .map(({ id, ...refund }) => buildFacts({ refunds: { [id]: refund } })),
  fc
    .record({
      id: fc.constantFrom("dp_1", "dp_2"),
      state: fc.constantFrom("open", "won", "lost", "warning_closed"),
      amount: fc.constantFrom(400, 1_000),
      at: instants,
    })
    .map(({ id, ...dispute }) => buildFacts({ disputes: { [id]: dispute } })),
  instants.map((instant) => buildFacts({ paid: { amount: 1_000, currency: "eur", at: instant } })),
);
const anyNews = fc.array(fc.record({ key: fc.constantFrom(...paymentKeys), facts: anyFact }), {
  minLength: 1,
  maxLength: 8,
});

/** News in two orders, with some of it repeated. */
const anyOrders = anyNews.chain((news) => {
  const shuffled = fc.subarray(news).chain((repeated) => {
    const all = [...news, ...repeated];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });
  return fc.tuple(shuffled, shuffled);
});

/** One user's payments as Gateway merges them, and their credits. */
class Account {
  readonly ledger = new Ledger(at(100));
  readonly #payments = new Map<string, WholePayment>();

  async hear({ key, facts }: News): Promise<void> {
    // The later ones end sooner, and the first never.
    const subscriptionDays = key === "pi_1" ? null : 10 - paymentKeys.indexOf(key);
    const session = buildPaymentSession({ subscriptionDays });
    const news = buildPaidNews({ payment: { key, facts, providerData: {} } });
    const subject = { session, sessionId: `cs_${key}`, news };
    const whole = mergePayment(this.#payments.get(key), subject, at(100));
    const { payment } = whole;
    this.#payments.set(key, whole);
    const startDate = payment.paidAt ?? at(100);
    await this.ledger.book(`stripe_${key}`, { ...toEntitlement(payment), startDate });
  }

  toResult() {
    const { seq: _seq, ...subscription } = this.ledger.requireSubscription();
    const grants = [...this.ledger.grants.values()].map(({ grantId, amount, used, status, expiresAt }) => ({
      grantId,
      amount,
      used,
      isFrozen: status === "frozen",
      expiresAt,
    }));
    return { subscription, grants: grants.toSorted((a, b) => (a.grantId < b.grantId ? -1 : 1)) };
  }
}

async function tell(news: readonly News[], account = new Account()): Promise<Account> {
  for (const one of news) await account.hear(one);
  expect(account.ledger.audit()).toMatchObject({ outcome: "agrees" });
  return account;
}

describe("the same news about payments", () => {
  it("ends in the same account in any order", async () => {
    await fc.assert(
      fc.asyncProperty(anyOrders, async ([one, other]) => {
        expect((await tell(one)).toResult()).toEqual((await tell(other)).toResult());
      }),
      { numRuns: 300 },
    );
  });

  it("ends in the same account in any order after credits were spent and held", async () => {
    const anyUse = fc.record({
      spent: fc.integer({ min: 1, max: 250 }),
      held: fc.integer({ min: 1, max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(anyOrders, anyUse, async (orders, { spent, held }) => {
        const results = [];
        for (const news of orders) {
          const account = await tell(paymentKeys.map((key) => ({ key, facts: buildFacts() })));
          await account.ledger.spend(spent);
          await account.ledger.hold(held, { expiresInSeconds: 10_000 });
          await tell(news, account);
          results.push(account.toResult());
        }
        expect(results[0]).toEqual(results[1]);
      }),
      { numRuns: 500 },
    );
  });
});
