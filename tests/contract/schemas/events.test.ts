import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../../functions/src/adapters/stripe/events.ts";
import { emittedEvents } from "../../../local/stripe/operations/events/sink.ts";

/** What local Stripe emits and the product does not read: it is not about money, or another event says the same. */
const ignored = [
  "billing_portal.session.created",
  "charge.failed",
  "charge.pending",
  "charge.refund.updated",
  "charge.succeeded",
  "coupon.created",
  "customer.created",
  "customer.deleted",
  "customer.subscription.trial_will_end",
  "customer.updated",
  "invoice.created",
  "invoice.finalized",
  "invoice.payment_succeeded",
  "invoice.updated",
  "invoice_payment.paid",
  "invoiceitem.created",
  "invoiceitem.deleted",
  "payment_intent.canceled",
  "payment_intent.created",
  "payment_intent.payment_failed",
  "payment_intent.processing",
  "payment_intent.succeeded",
  "payment_method.attached",
  "promotion_code.created",
  "promotion_code.updated",
  "subscription_schedule.canceled",
  "subscription_schedule.created",
  "subscription_schedule.released",
  "subscription_schedule.updated",
];

const localStripe = join(import.meta.dirname, "../../../local/stripe");
const sources = globSync("{http,operations}/**/*.ts", { cwd: localStripe })
  .filter((file) => !file.endsWith("sink.ts"))
  .map((file) => readFileSync(join(localStripe, file), "utf8"))
  .join("\n");

describe("EVENT_TYPES", () => {
  it("are events that local Stripe emits, so that each is tested", () => {
    const emitted = new Set<string>(emittedEvents);
    expect(EVENT_TYPES.length).toBeGreaterThan(0);
    expect(EVENT_TYPES.filter((type) => !emitted.has(type))).toEqual([]);
  });

  it("are all that local Stripe emits, except those that are ignored by name", () => {
    const read = new Set<string>(EVENT_TYPES);
    expect(emittedEvents.filter((type) => !read.has(type))).toEqual(ignored);
  });
});

describe("emittedEvents", () => {
  it("lists no event that is emitted nowhere", () => {
    expect(emittedEvents.filter((type) => !sources.includes(`"${type}"`))).toEqual([]);
  });
});
