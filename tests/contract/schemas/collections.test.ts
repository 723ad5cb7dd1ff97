import { describe, expect, it } from "vitest";
import { accountCollections, collections } from "../../../functions/src/contract/collections.ts";

describe("the collections", () => {
  it("have the names that apps' rules and indexes were written for", () => {
    expect(collections).toEqual({
      sessions: "payment_sessions",
      payments: "payments",
      products: "products",
      customers: "customers",
      subscriptions: "subscriptions",
      plans: "plans",
      webhookEvents: "webhook_events",
      reconciliations: "reconciliations",
    });
  });

  it("of an account have the names that queries of all accounts were written for", () => {
    expect(accountCollections).toEqual({ grants: "grants", entries: "entries", holds: "holds" });
  });
});
