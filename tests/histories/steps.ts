import * as fc from "fast-check";
import { billing, percents, pick, type BillingStep, type Pick } from "./billingSteps.ts";

/** One thing that happens in a story. */
export type Step =
  | { do: "buy"; user: Pick; product: Pick; quantity: number; requestId: number | null }
  | { do: "purchase"; user: Pick; product: Pick }
  | { do: "pay"; session: Pick; by: "card" | "declined card" | "bank debit" }
  | { do: "expire"; session: Pick }
  | { do: "settle debit"; session: Pick; outcome: "succeeded" | "failed" }
  | { do: "verify"; user: Pick; session: Pick }
  | { do: "refund"; payment: Pick; percent: number; byAdmin: boolean }
  | { do: "fail refund"; refund: Pick }
  | { do: "dispute"; payment: Pick; percent: number; inquiry: boolean }
  | { do: "close dispute"; dispute: Pick; outcome: "won" | "lost" | "warning_closed" }
  | { do: "warn of fraud"; payment: Pick }
  | BillingStep
  | { do: "set cancel"; user: Pick; cancelAtPeriodEnd: boolean }
  | { do: "change product"; product: Pick; creditsAmount: number }
  | { do: "pass"; days: number }
  | { do: "deliver"; events: Pick[]; times: number; reversed: boolean }
  | { do: "deliver all"; reversed: boolean; atOnce: boolean }
  | { do: "trigger"; payments: Pick[]; times: number }
  | { do: "spend"; user: Pick; amount: number; key: number }
  | { do: "hold"; user: Pick; amount: number; key: number }
  | { do: "end hold"; user: Pick; key: number; captured: number | null }
  | { do: "grant"; user: Pick; amount: number; key: number }
  | { do: "expire credits" }
  | { do: "reconcile" }
  | { do: "delete user"; user: Pick }
  | { do: "lose an answer"; route: string; when: "before" | "after" }
  | { do: "together"; steps: Step[] };

const keys = fc.nat(4);
const credits = fc.integer({ min: 1, max: 120 });

/** Where the provider's answer can be lost. */
const routes = fc.constantFrom(
  "POST /v1/checkout/sessions",
  "POST /v1/customers",
  "POST /v1/refunds",
  "GET /v1/checkout/sessions/:id",
  "GET /v1/events",
);

const calls: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("buy"),
      user: pick,
      product: pick,
      quantity: fc.integer({ min: 1, max: 3 }),
      requestId: fc.oneof(fc.constant(null), fc.nat(2)),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("verify"), user: pick, session: pick }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("spend"), user: pick, amount: credits, key: keys }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("hold"), user: pick, amount: credits, key: keys }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("end hold"),
      user: pick,
      key: keys,
      captured: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 120 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("grant"), user: pick, amount: credits, key: keys }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("set cancel"), user: pick, cancelAtPeriodEnd: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reconcile") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire credits") }) },
];

const money: fc.WeightedArbitrary<Step>[] = [
  { weight: 20, arbitrary: fc.record({ do: fc.constant("purchase"), user: pick, product: pick }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("pay"),
      session: pick,
      by: fc.constantFrom("card", "card", "card", "declined card", "bank debit"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire"), session: pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("settle debit"),
      session: pick,
      outcome: fc.constantFrom("succeeded", "succeeded", "failed"),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("refund"),
      payment: pick,
      percent: percents,
      byAdmin: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fail refund"), refund: pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("dispute"),
      payment: pick,
      percent: percents,
      inquiry: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("close dispute"),
      dispute: pick,
      outcome: fc.constantFrom("won", "lost", "warning_closed"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("warn of fraud"), payment: pick }) },
];

const catalogueAndTime: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("change product"),
      product: pick,
      creditsAmount: fc.integer({ min: 1, max: 200 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pass"), days: fc.constantFrom(1, 6, 16) }) },
];

const deliveries: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("deliver"),
      events: fc.array(pick, { minLength: 1, maxLength: 4 }),
      times: fc.integer({ min: 1, max: 3 }),
      reversed: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("deliver all"),
      reversed: fc.boolean(),
      atOnce: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("trigger"),
      payments: fc.array(pick, { minLength: 1, maxLength: 3 }),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  },
];

const rare: fc.WeightedArbitrary<Step>[] = [
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete user"), user: pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("lose an answer"),
      route: routes,
      when: fc.constantFrom("before", "after"),
    }),
  },
];

const single: fc.Arbitrary<Step> = fc.oneof(
  ...calls,
  ...money,
  ...billing,
  ...catalogueAndTime,
  ...deliveries,
  ...rare,
);

const together: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("together"),
  steps: fc.array(single, { minLength: 2, maxLength: 4 }),
});

/** A story: what some people, a provider and a network do, in any order, some of it at once. */
export const stories: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 6, arbitrary: single }, { weight: 1, arbitrary: together }),
  { minLength: 5, maxLength: 30, size: "max" },
);
