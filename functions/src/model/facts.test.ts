import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyFacts, deliveriesOf } from "../../../tests/kit/arbitraries.ts";
import { at, buildFacts } from "../../../tests/kit/builders.ts";
import { sessionStatuses, type PaymentStatus } from "../contract/codes.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import {
  mergeFacts,
  mergeSessionStatus,
  noFacts,
  paymentFactsSchema,
  toAmountChargedBack,
  toAmountCredited,
  toAmountForgiven,
  toAmountRefunded,
  toPaymentStatus,
} from "./facts.ts";

type RefundFact = PaymentFacts["refunds"][string];
type DisputeFact = PaymentFacts["disputes"][string];
type CreditNoteFact = PaymentFacts["creditNotes"][string];

const failed = { reason: "card_declined", at: at(5) };
const canceled = { at: at(6) };

function refund(state: RefundFact["state"], amount: number, seconds = 20): RefundFact {
  return { state, amount, at: at(seconds) };
}

function dispute(state: DisputeFact["state"], seconds = 30, amount = 1_000): DisputeFact {
  return { state, amount, at: at(seconds) };
}

function note(state: CreditNoteFact["state"], amounts: Partial<CreditNoteFact> = {}): CreditNoteFact {
  return { state, prePayment: 0, postPayment: 0, at: at(40), ...amounts };
}

function mergeAll(list: readonly PaymentFacts[]): PaymentFacts {
  return list.reduce(mergeFacts, noFacts);
}

describe("mergeFacts", () => {
  it("is commutative", () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (a, b) => {
        expect(mergeFacts(a, b)).toEqual(mergeFacts(b, a));
      }),
    );
  });

  it("is associative", () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, anyFacts, (a, b, c) => {
        expect(mergeFacts(mergeFacts(a, b), c)).toEqual(mergeFacts(a, mergeFacts(b, c)));
      }),
    );
  });

  it("is idempotent, and noFacts changes nothing", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(mergeFacts(facts, facts)).toEqual(facts);
        expect(mergeFacts(facts, noFacts)).toEqual(facts);
        expect(mergeFacts(noFacts, facts)).toEqual(facts);
      }),
    );
  });

  it("ends in the same facts whatever is reordered, repeated or merged in batches", () => {
    fc.assert(
      fc.property(deliveriesOf(anyFacts, { maxLength: 6 }), ({ list, first, second }) => {
        expect(mergeFacts(mergeAll(first), mergeAll(second))).toEqual(mergeAll(list));
      }),
    );
  });

  it("leaves what it merges untouched", () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (a, b) => {
        const before = structuredClone([a, b]);
        mergeFacts(a, b);
        expect([a, b]).toEqual(before);
        expect(noFacts).toEqual({ refunds: {}, disputes: {}, creditNotes: {} });
      }),
    );
  });

  it("keeps what the schema reads back", () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (a, b) => {
        const merged = mergeFacts(a, b);
        expect(paymentFactsSchema.parse(merged)).toEqual(merged);
      }),
    );
  });

  it("keeps the last date of a payment and of a failure, and the first of a cancellation", () => {
    const early = { paid: { amount: 1, currency: "eur", at: at(1) }, failed: { reason: "early", at: at(1) } };
    const late = { paid: { amount: 2, currency: "eur", at: at(2) }, failed: { reason: "late", at: at(2) } };
    const merged = mergeFacts(
      { ...noFacts, ...late, canceled: { at: at(2) } },
      { ...noFacts, ...early, canceled: { at: at(1) } },
    );
    expect(merged).toEqual({ ...noFacts, paid: late.paid, failed: late.failed, canceled: { at: at(1) } });
  });

  it("keeps the first report of a refund in one state", () => {
    const early = buildFacts({ refunds: { re_1: refund("pending", 500, 20) } });
    const late = buildFacts({ refunds: { re_1: refund("pending", 300, 21) } });
    expect(mergeFacts(early, late)).toEqual(early);
    expect(mergeFacts(late, early)).toEqual(early);
  });

  it("keeps the smaller refund of two in one state at once", () => {
    const smaller = buildFacts({ refunds: { re_1: refund("pending", 300) } });
    const larger = buildFacts({ refunds: { re_1: refund("pending", 500) } });
    expect(mergeFacts(smaller, larger)).toEqual(smaller);
    expect(mergeFacts(larger, smaller)).toEqual(smaller);
  });

  it("keeps the smaller of two payments at once, in whatever order their fields are stored", () => {
    const [amount, when] = [1, at(10)];
    const smaller = [
      { amount, currency: "usd", at: when },
      { currency: "usd", at: when, amount },
    ];
    const larger = [
      { amount: 2, currency: "eur", at: when },
      { currency: "eur", at: when, amount: 2 },
    ];
    for (const a of smaller)
      for (const b of larger) {
        expect(mergeFacts(buildFacts({ paid: a }), buildFacts({ paid: b })).paid).toEqual(a);
        expect(mergeFacts(buildFacts({ paid: b }), buildFacts({ paid: a })).paid).toEqual(a);
      }
  });

  it.each([
    ["pending", "succeeded"],
    ["pending", "failed"],
    ["succeeded", "failed"],
  ] as const)("lets a refund go from %s to %s and not back, whatever the dates say", (lower, higher) => {
    const before = buildFacts({ refunds: { re_1: refund(lower, 300, 99) } });
    const after = buildFacts({ refunds: { re_1: refund(higher, 300, 20) } });
    expect(mergeFacts(before, after).refunds).toEqual(after.refunds);
    expect(mergeFacts(after, before).refunds).toEqual(after.refunds);
  });

  it.each([
    ["warning", "open"],
    ["warning", "warning_closed"],
    ["open", "won"],
    ["open", "lost"],
    ["warning_closed", "lost"],
    ["won", "lost"],
  ] as const)("lets a dispute's last word count, of %s and %s at once the second", (lower, higher) => {
    for (const [first, second, seconds] of [
      [lower, higher, 20],
      [higher, lower, 20],
      [lower, higher, 10],
    ] as const) {
      const before = buildFacts({ disputes: { dp_1: dispute(first, 10) } });
      const after = buildFacts({ disputes: { dp_1: dispute(second, seconds) } });
      expect(mergeFacts(before, after).disputes).toEqual(after.disputes);
      expect(mergeFacts(after, before).disputes).toEqual(after.disputes);
    }
  });
});

describe("the credit notes that mergeFacts keeps", () => {
  it("are void once they were, whatever is dated later", () => {
    const issued = buildFacts({ creditNotes: { cn_1: note("issued", { postPayment: 300, at: at(50) }) } });
    const voided = buildFacts({ creditNotes: { cn_1: note("void", { postPayment: 300, at: at(40) }) } });
    expect(mergeFacts(issued, voided)).toEqual(voided);
    expect(mergeFacts(voided, issued)).toEqual(voided);
  });

  it("are those of both sides", () => {
    const [first, second] = [note("issued", { prePayment: 100 }), note("void")];
    const merged = mergeFacts(
      buildFacts({ creditNotes: { cn_1: first } }),
      buildFacts({ creditNotes: { cn_2: second } }),
    );
    expect(merged.creditNotes).toEqual({ cn_1: first, cn_2: second });
  });
});

describe("mergeSessionStatus", () => {
  const anyStatus = fc.constantFrom(...sessionStatuses);

  it("is commutative, associative and idempotent, and a new session changes nothing", () => {
    fc.assert(
      fc.property(anyStatus, anyStatus, anyStatus, (a, b, c) => {
        expect(mergeSessionStatus(a, b)).toBe(mergeSessionStatus(b, a));
        expect(mergeSessionStatus(mergeSessionStatus(a, b), c)).toBe(
          mergeSessionStatus(a, mergeSessionStatus(b, c)),
        );
        expect(mergeSessionStatus(a, a)).toBe(a);
        expect(mergeSessionStatus(a, "created")).toBe(a);
      }),
    );
  });

  it.each([
    ["expired", "completed", "completed"],
    ["failed", "completed", "completed"],
    ["processing", "completed", "completed"],
    ["processing", "failed", "failed"],
    ["expired", "processing", "processing"],
    ["created", "expired", "expired"],
  ] as const)("of %s and %s keeps %s", (a, b, expected) => {
    expect(mergeSessionStatus(a, b)).toBe(expected);
  });
});

describe("toPaymentStatus", () => {
  const cases: [string, PaymentFacts, PaymentStatus][] = [
    ["nothing known", noFacts, "pending"],
    ["failed", { ...noFacts, failed }, "failed"],
    ["canceled", { ...noFacts, canceled }, "canceled"],
    ["failed, then canceled", { ...noFacts, failed, canceled }, "canceled"],
    ["paid", buildFacts(), "succeeded"],
    ["paid, then revoked", buildFacts({ revoked: { at: at(50) } }), "canceled"],
    ["paid after a failure and a cancellation", buildFacts({ failed, canceled }), "succeeded"],
    ["nothing due", buildFacts({ paid: { amount: 0, currency: "eur", at: at(1) } }), "succeeded"],
    ["partly refunded", buildFacts({ refunds: { re_1: refund("succeeded", 999) } }), "partially_refunded"],
    ["refund on its way", buildFacts({ refunds: { re_1: refund("pending", 1) } }), "partially_refunded"],
    ["refund failed", buildFacts({ refunds: { re_1: refund("failed", 1_000) } }), "succeeded"],
    [
      "refunded in two parts",
      buildFacts({ refunds: { re_1: refund("succeeded", 400), re_2: refund("pending", 600) } }),
      "refunded",
    ],
    ["refunded without payment", { ...noFacts, refunds: { re_1: refund("succeeded", 1) } }, "pending"],
    ["inquiry", buildFacts({ disputes: { dp_1: dispute("warning") } }), "disputed"],
    ["inquiry closed", buildFacts({ disputes: { dp_1: dispute("warning_closed") } }), "succeeded"],
    ["dispute open", buildFacts({ disputes: { dp_1: dispute("open") } }), "disputed"],
    ["credited", buildFacts({ creditNotes: { cn_1: note("issued", { postPayment: 1_000 }) } }), "refunded"],
    ["dispute won", buildFacts({ disputes: { dp_1: dispute("won") } }), "succeeded"],
    ["dispute lost", buildFacts({ disputes: { dp_1: dispute("lost") } }), "charged_back"],
    [
      "dispute lost that took nothing",
      buildFacts({ disputes: { dp_1: dispute("lost", 30, 0) } }),
      "succeeded",
    ],
    ["warning of fraud", buildFacts({ disputes: { dp_1: dispute("warning", 30, 0) } }), "disputed"],
    [
      "warning of fraud that was thawed",
      buildFacts({ disputes: { dp_1: dispute("warning", 30, 0) }, thaws: { dp_1: { at: at(40) } } }),
      "succeeded",
    ],
    [
      "inquiry, which no thaw ends",
      buildFacts({ disputes: { dp_1: dispute("warning") }, thaws: { dp_1: { at: at(40) } } }),
      "disputed",
    ],
    [
      "two warnings of fraud, one of them thawed",
      buildFacts({
        disputes: { dp_1: dispute("warning", 30, 0), dp_2: dispute("warning", 31, 0) },
        thaws: { dp_1: { at: at(40) } },
      }),
      "disputed",
    ],
    [
      "one dispute lost, one open",
      buildFacts({ disputes: { dp_1: dispute("open"), dp_2: dispute("lost") } }),
      "charged_back",
    ],
    [
      "refunded and disputed",
      buildFacts({
        refunds: { re_1: refund("succeeded", 1_000) },
        disputes: { dp_1: dispute("open") },
      }),
      "disputed",
    ],
    [
      "partly refunded, dispute won",
      buildFacts({ refunds: { re_1: refund("succeeded", 1) }, disputes: { dp_1: dispute("won") } }),
      "partially_refunded",
    ],
  ];

  it.each(cases)("of %s", (_name, facts, expected) => {
    expect(toPaymentStatus(facts)).toBe(expected);
  });
});

describe("toAmountRefunded", () => {
  it.each<[string, PaymentFacts["refunds"], number]>([
    ["no refund", {}, 0],
    ["one refund", { re_1: refund("succeeded", 300) }, 300],
    ["one under way", { re_1: refund("pending", 300) }, 300],
    ["one that failed", { re_1: refund("failed", 300) }, 0],
    ["one done and one that failed", { re_1: refund("succeeded", 300), re_2: refund("failed", 200) }, 300],
    ["more than was paid", { re_1: refund("succeeded", 900), re_2: refund("succeeded", 900) }, 1_000],
  ])("of %s", (_name, refunds, expected) => {
    expect(toAmountRefunded(buildFacts({ refunds }))).toBe(expected);
  });

  it("is nothing before anything was paid", () => {
    expect(toAmountRefunded({ ...noFacts, refunds: { re_1: refund("succeeded", 300) } })).toBe(0);
  });

  it("goes back to what it was when the refund fails", () => {
    const before = buildFacts({ refunds: { re_1: refund("succeeded", 100) } });
    const refunding = mergeFacts(before, { ...noFacts, refunds: { re_2: refund("pending", 500) } });
    const restored = mergeFacts(refunding, { ...noFacts, refunds: { re_2: refund("failed", 500) } });
    expect([before, refunding, restored].map(toAmountRefunded)).toEqual([100, 600, 100]);
  });

  it("stays between nothing and what was paid, and never counts one refund twice", () => {
    fc.assert(
      fc.property(deliveriesOf(anyFacts, { maxLength: 5 }), ({ list, first, second }) => {
        const facts = mergeAll([...first, ...second]);
        const amount = toAmountRefunded(facts);
        expect(amount).toBeGreaterThanOrEqual(0);
        expect(amount).toBeLessThanOrEqual(facts.paid?.amount ?? 0);
        expect(amount).toBe(toAmountRefunded(mergeAll(list)));
      }),
    );
  });
});

describe("toAmountChargedBack", () => {
  it.each<[string, PaymentFacts["disputes"], number]>([
    ["no dispute", {}, 0],
    ["one that was lost", { dp_1: dispute("lost", 30, 300) }, 300],
    ["two that were lost", { dp_1: dispute("lost", 30, 300), dp_2: dispute("lost", 30, 200) }, 500],
    ["one lost and one won", { dp_1: dispute("lost", 30, 300), dp_2: dispute("won", 30, 200) }, 300],
    ["one that is open", { dp_1: dispute("open") }, 0],
    ["an inquiry", { dp_1: dispute("warning") }, 0],
    ["an inquiry that was closed", { dp_1: dispute("warning_closed") }, 0],
    ["one that took nothing", { dp_1: dispute("lost", 30, 0) }, 0],
    ["more than was paid", { dp_1: dispute("lost", 30, 900), dp_2: dispute("lost", 30, 900) }, 1_000],
  ])("of %s", (_name, disputes, expected) => {
    expect(toAmountChargedBack(buildFacts({ disputes }))).toBe(expected);
  });

  it("is nothing before anything was paid", () => {
    expect(toAmountChargedBack({ ...noFacts, disputes: { dp_1: dispute("lost") } })).toBe(0);
  });
});

describe("toAmountCredited and toAmountForgiven", () => {
  const [before, after] = [{ prePayment: 300 }, { postPayment: 200 }];

  it.each<[string, PaymentFacts["creditNotes"], { credited: number; forgiven: number }]>([
    ["no note", {}, { credited: 0, forgiven: 0 }],
    ["one before payment", { cn_1: note("issued", before) }, { credited: 0, forgiven: 300 }],
    ["one after payment", { cn_1: note("issued", after) }, { credited: 200, forgiven: 0 }],
    [
      "one of both kinds",
      { cn_1: note("issued", { ...before, ...after }) },
      { credited: 200, forgiven: 300 },
    ],
    [
      "several",
      { cn_1: note("issued", after), cn_2: note("issued", after), cn_3: note("issued", before) },
      { credited: 400, forgiven: 300 },
    ],
    ["one that is void", { cn_1: note("void", { ...before, ...after }) }, { credited: 0, forgiven: 0 }],
  ])("of %s", (_name, creditNotes, expected) => {
    const facts = buildFacts({ creditNotes });
    expect({ credited: toAmountCredited(facts), forgiven: toAmountForgiven(facts) }).toEqual(expected);
  });

  it("can be more than was paid by card, since a balance may have paid, too", () => {
    const paid = { amount: 100, currency: "usd", at: at(1) };
    const facts = buildFacts({ paid, creditNotes: { cn_1: note("issued", { postPayment: 900 }) } });
    expect(toAmountCredited(facts)).toBe(900);
  });

  it("count no note twice", () => {
    fc.assert(
      fc.property(deliveriesOf(anyFacts, { maxLength: 5 }), ({ list, first, second }) => {
        const [facts, once] = [mergeAll([...first, ...second]), mergeAll(list)];
        expect(toAmountCredited(facts)).toBe(toAmountCredited(once));
        expect(toAmountForgiven(facts)).toBe(toAmountForgiven(once));
      }),
    );
  });
});

describe("paymentFactsSchema", () => {
  it.each<[string, unknown]>([
    ["a fraction of a minor unit", { paid: { amount: 0.5, currency: "eur", at: at(1) } }],
    ["a negative amount", { paid: { amount: -1, currency: "eur", at: at(1) } }],
    ["an upper-case currency", { paid: { amount: 1, currency: "EUR", at: at(1) } }],
    ["a currency of four letters", { paid: { amount: 1, currency: "euro", at: at(1) } }],
    ["an unknown refund state", { refunds: { re_1: { state: "done", amount: 1, at: at(1) } } }],
    [
      "a negative credit",
      { creditNotes: { cn_1: { state: "issued", prePayment: 0, postPayment: -1, at: at(1) } } },
    ],
    ["a date as text", { canceled: { at: "2030-01-01" } }],
  ])("refuses %s", (_name, facts) => {
    expect(paymentFactsSchema.safeParse(facts).success).toBe(false);
  });

  it("reads facts without refunds, disputes and credit notes as having none", () => {
    expect(paymentFactsSchema.parse({})).toEqual(noFacts);
  });
});
