import * as fc from "fast-check";
import { currencies, onceIds, planIds } from "./world/catalogue.ts";
import { userIds, type Move } from "./world/moves.ts";
import { behaviors, durations, namingModes } from "./world/types.ts";

const [ada, bob] = userIds;
/** Mostly one of them, so that much happens to one account. */
const userId = fc.constantFrom(ada, ada, ada, bob);
/** Mostly the newest. */
const pick = fc.nat({ max: 2 });
const target = { userId, pick };
const quantity = fc.constantFrom(1, 1, 2, 3);
const plan = fc.constantFrom(...planIds);
const cardWorks = fc.constantFrom(true, true, true, false);
const percent = fc.constantFrom(100, 50, 10);
const coupon = fc.option(
  fc.record({ percent: fc.constantFrom(50, 100), duration: fc.constantFrom(...durations) }),
  { freq: 2 },
);

const subscribe = fc.record({
  type: fc.constant("subscribe" as const),
  userId,
  priceId: plan,
  quantity,
  coupon,
  mode: fc.constantFrom(...namingModes, "unnamed" as const),
  currency: fc.constantFrom(...currencies),
  hasTrial: fc.constantFrom(false, false, false, false, true),
  isPaidByOther: fc.constantFrom(false, false, false, true),
});

const starts: fc.Arbitrary<Move> = subscribe.map(({ isPaidByOther, ...start }) => {
  const other = start.userId === ada ? bob : ada;
  return Object.assign(start, { payerId: isPaidByOther ? other : start.userId });
});

const changes: fc.Arbitrary<Move> = fc.record({
  type: fc.constant("change" as const),
  ...target,
  priceId: plan,
  quantity,
  cardWorks,
  behavior: fc.constantFrom(...behaviors),
});

const waits: fc.Arbitrary<Move> = fc.record({
  type: fc.constant("wait" as const),
  hours: fc.oneof(fc.integer({ min: 1, max: 24 * 33 }), fc.constantFrom(24, 24 * 10, 24 * 15, 24 * 31)),
  cardWorks,
});

const others: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ type: fc.constant("coupon" as const), ...target, coupon }),
  fc.record({
    type: fc.constant("cancel" as const),
    ...target,
    how: fc.constantFrom("now" as const, "prorated" as const, "at_end" as const),
  }),
  fc.record({
    type: fc.constant("settle" as const),
    ...target,
    how: fc.constantFrom("pay" as const, "void" as const),
  }),
);

const taken: fc.Arbitrary<Move> = fc.record({
  type: fc.constantFrom("refund" as const, "dispute" as const),
  ...target,
  percent,
});

const notes: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    type: fc.constant("note" as const),
    ...target,
    percent,
    kind: fc.constantFrom("pre" as const, "balance" as const, "out_of_band" as const),
  }),
  fc.record({ type: fc.constant("voidNote" as const), ...target }),
);

const orders: fc.Arbitrary<Move> = fc.record({
  type: fc.constant("order" as const),
  userId,
  quantity,
  priceId: fc.constantFrom(...onceIds),
  currency: fc.constantFrom(...currencies),
  percent: fc.constantFrom(0, 50, 100),
});

const moves = fc.oneof(
  { arbitrary: starts, weight: 3 },
  { arbitrary: changes, weight: 6 },
  { arbitrary: waits, weight: 5 },
  { arbitrary: others, weight: 3 },
  { arbitrary: taken, weight: 1 },
  { arbitrary: notes, weight: 1 },
  { arbitrary: orders, weight: 1 },
);

export const stories: fc.Arbitrary<Move[]> = fc.array(moves, { minLength: 1, maxLength: 20, size: "max" });
