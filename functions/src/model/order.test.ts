import { describe, expect, it } from "vitest";
import { buildOrder } from "../../../tests/kit/builders.ts";
import { orderSchema } from "./order.ts";

describe("orderSchema", () => {
  it.each([
    { quantity: 999, creditsAmount: 0 },
    { creditsAmount: 1_000_000_000 },
    { subscriptionDays: 1 },
    { subscriptionDays: 36_500 },
    { userId: "u".repeat(128) },
  ])("accepts %j", (fields) => {
    expect(orderSchema.parse(buildOrder(fields))).toEqual(buildOrder(fields));
  });

  it.each([
    { quantity: 0 },
    { quantity: 1_000 },
    { creditsAmount: -1 },
    { creditsAmount: 0.5 },
    { creditsAmount: 1_000_000_001 },
    { subscriptionDays: 0 },
    { subscriptionDays: 36_501 },
    { subscriptionDays: 1.5 },
    { userId: "" },
    { userId: "u".repeat(129) },
    { currency: "EUR" },
    { currency: "euro" },
    { priceId: "price/1" },
  ])("refuses %j", (fields) => {
    expect(orderSchema.safeParse(buildOrder(fields)).success).toBe(false);
  });
});
