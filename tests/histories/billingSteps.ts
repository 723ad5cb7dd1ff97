import * as fc from "fast-check";

/** An index that is taken modulo what there is: a step without a subject does nothing. */
export type Pick = number;

/** How a change is billed, in Stripe's words. */
export type Behavior = "always_invoice" | "create_prorations" | "none";

/** How a subscription's prorations are computed and shown: as our checkouts ask for, or as others are. */
export type Billing = "itemized" | "included" | "classic";

/** What happens to recurring subscriptions, their invoices and their buyers' balances. */
export type BillingStep =
  | { do: "change card"; subscription: Pick; failing: boolean }
  | {
      do: "change plan";
      subscription: Pick;
      /** Null: only the quantity. */
      product: Pick | null;
      quantity: number;
      behavior: Behavior;
      /** Whether the card is declined for it, and works again afterwards. */
      fails: boolean;
    }
  | {
      do: "subscribe elsewhere";
      user: Pick;
      product: Pick;
      quantity: number;
      billing: Billing;
      coupon: Pick | null;
      currency: "usd" | "eur";
    }
  | { do: "discount"; subscription: Pick; coupon: Pick | null }
  | { do: "cancel now"; subscription: Pick }
  | { do: "pay invoice"; subscription: Pick }
  | { do: "end invoice"; subscription: Pick; how: "void" | "uncollectible" }
  | { do: "credit"; invoice: Pick; percent: number; to: "balance" | "elsewhere" | "card" }
  | { do: "void credit"; note: Pick }
  | { do: "fill balance"; customer: Pick; amount: number };

export const pick = fc.nat(50);
export const percents = fc.constantFrom(10, 30, 50, 70, 100);
const quantities = fc.constantFrom(1, 1, 2, 3);
const maybe = fc.oneof(fc.constant(null), pick, pick);

const changes: fc.WeightedArbitrary<BillingStep>[] = [
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("change card"), subscription: pick, failing: fc.boolean() }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant("change plan"),
      subscription: pick,
      product: fc.oneof(fc.constant(null), pick, pick, pick),
      quantity: quantities,
      behavior: fc.constantFrom("always_invoice", "always_invoice", "create_prorations", "none"),
      fails: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("subscribe elsewhere"),
      user: pick,
      product: pick,
      quantity: quantities,
      billing: fc.constantFrom("itemized", "included", "classic"),
      coupon: maybe,
      currency: fc.constantFrom("usd", "usd", "eur"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("discount"), subscription: pick, coupon: maybe }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel now"), subscription: pick }) },
];

const invoices: fc.WeightedArbitrary<BillingStep>[] = [
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pay invoice"), subscription: pick }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("end invoice"),
      subscription: pick,
      how: fc.constantFrom("void", "void", "uncollectible"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("credit"),
      invoice: pick,
      percent: percents,
      to: fc.constantFrom("balance", "elsewhere", "card"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("void credit"), note: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("fill balance"),
      customer: pick,
      amount: fc.integer({ min: 1, max: 4_000 }),
    }),
  },
];

export const billing: fc.WeightedArbitrary<BillingStep>[] = [...changes, ...invoices];
