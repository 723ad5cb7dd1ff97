import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyFacts } from "../../../tests/kit/arbitraries.ts";
import { at, buildPaidNews, buildPaymentSession } from "../../../tests/kit/builders.ts";
import type { PaymentFacts } from "../contract/documents.ts";
import { mergeFacts, noFacts, toHiddenFacts, toOpenFacts } from "../model/facts.ts";
import { mergePayment, mergePaymentFacts, type WholePayment } from "./merge.ts";
import { needsHidden } from "./whole.ts";

const now = at(100);
const first = mergePayment(
  undefined,
  {
    session: buildPaymentSession(),
    sessionId: "cs_1",
    news: buildPaidNews({ payment: { key: "pi_1", facts: noFacts, providerData: {} } }),
  },
  now,
);

/** As the two documents are read and written: the hidden one only if the news needs it. */
function apply(stored: WholePayment, news: PaymentFacts): WholePayment {
  const known = needsHidden(stored.payment, news) ? stored : { ...stored, hidden: undefined };
  const next = mergePaymentFacts(known, news, now);
  return { ...next, hidden: next.hidden ?? stored.hidden };
}

/** Each fact by itself, so that any of them may be heard of first. */
function toParts(facts: PaymentFacts): PaymentFacts[] {
  const { paid, failed, canceled, revoked, refunds, disputes, creditNotes, thaws = {} } = facts;
  const single = { paid, failed, canceled, revoked };
  const parts: Partial<PaymentFacts>[] = [
    ...Object.entries(single).flatMap(([name, fact]) => (fact ? [{ [name]: fact }] : [])),
    ...Object.entries(refunds).map(([id, fact]) => ({ refunds: { [id]: fact } })),
    ...Object.entries(disputes).map(([id, fact]) => ({ disputes: { [id]: fact } })),
    ...Object.entries(creditNotes).map(([id, fact]) => ({ creditNotes: { [id]: fact } })),
    ...Object.entries(thaws).map(([id, fact]) => ({ thaws: { [id]: fact } })),
  ];
  return parts.map(toFacts);
}

function toFacts(part: Partial<PaymentFacts>): PaymentFacts {
  return { ...noFacts, ...part };
}

const anyNews = fc
  .array(anyFacts, { minLength: 1, maxLength: 4 })
  .map((all) => all.flatMap(toParts))
  .chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length }));

describe("a payment whose hidden facts are read only if they matter", () => {
  it("ends as if all its facts lay in one document", () => {
    fc.assert(
      fc.property(anyNews, (news) => {
        const { payment, hidden } = news.reduce(apply, first);
        const all = news.reduce(mergeFacts, noFacts);
        const whole = mergePaymentFacts(first, all, now);
        expect({ ...payment, facts: mergeFacts(payment.facts, noFacts) }).toEqual(whole.payment);
        expect(payment.facts).toEqual(toOpenFacts(all));
        expect(hidden).toEqual(whole.hidden);
        expect(toHiddenFacts(hidden ?? noFacts)).toEqual(toHiddenFacts(all));
      }),
      { numRuns: 500 },
    );
  });
});
