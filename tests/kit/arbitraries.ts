import * as fc from "fast-check";
import type { PaymentFacts } from "../../functions/src/contract/documents.ts";
import { at } from "./builders.ts";

/** Few instants, amounts and ids, so that ties and collisions are common. */
const instants = fc.integer({ min: 0, max: 3 }).map(at);
const amounts = fc.integer({ min: 0, max: 5 });
const ids = fc.constantFrom("id_1", "id_2", "id_3", "constructor", "toString");

const refunds = fc.record({
  state: fc.constantFrom("pending", "succeeded", "failed"),
  amount: amounts,
  at: instants,
});

const disputes = fc.record({
  state: fc.constantFrom("warning", "open", "warning_closed", "won", "lost"),
  amount: amounts,
  at: instants,
});

const creditNotes = fc.record({
  state: fc.constantFrom("issued", "void"),
  prePayment: amounts,
  postPayment: amounts,
  at: instants,
});

/** Any facts about one payment, contradictory ones too. */
export const anyFacts: fc.Arbitrary<PaymentFacts> = fc.record(
  {
    paid: fc.record({ amount: amounts, currency: fc.constantFrom("eur", "usd"), at: instants }),
    failed: fc.record({ reason: fc.constantFrom("card_declined", "expired_card"), at: instants }),
    canceled: fc.record({ at: instants }),
    refunds: fc.dictionary(ids, refunds),
    disputes: fc.dictionary(ids, disputes),
    creditNotes: fc.dictionary(ids, creditNotes),
    thaws: fc.dictionary(ids, fc.record({ at: instants })),
    revoked: fc.record({ at: instants }),
  },
  { requiredKeys: ["refunds", "disputes", "creditNotes"] },
);

/** A list, and the same list as it may be delivered: in any order, with anything repeated, in two batches. */
export function deliveriesOf<T>(
  items: fc.Arbitrary<T>,
  constraints: { minLength?: number; maxLength: number },
): fc.Arbitrary<{ list: T[]; first: T[]; second: T[] }> {
  return fc
    .array(items, constraints)
    .chain((list) => fc.record({ list: fc.constant(list), repeated: fc.subarray(list) }))
    .chain(({ list, repeated }) => {
      const all = [...list, ...repeated];
      return fc.record({
        list: fc.constant(list),
        delivered: fc.shuffledSubarray(all, { minLength: all.length }),
        cut: fc.nat(all.length),
      });
    })
    .map(({ list, delivered, cut }) => ({
      list,
      first: delivered.slice(0, cut),
      second: delivered.slice(cut),
    }));
}
