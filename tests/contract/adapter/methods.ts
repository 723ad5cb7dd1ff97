import { describe, expect, it } from "vitest";
import type { OptionalMethod } from "../../../functions/src/adapters/paymentAdapter.ts";
import { createPaymentSessionInput } from "../../../functions/src/checkout/createPaymentSession.ts";
import type { Lab } from "./lab.ts";

/** Every optional method: a new one does not compile until it is here. */
const isOptional: Record<OptionalMethod, true> = {
  createPortal: true,
  deleteCustomer: true,
  endSubscription: true,
  ensureCustomer: true,
  expireCheckout: true,
  fetchCheckoutLines: true,
  fetchInvoice: true,
  fetchInvoiceId: true,
  fetchPrice: true,
  fetchRefunds: true,
  fetchSubscription: true,
  listEvents: true,
  refund: true,
  setCancelAtPeriodEnd: true,
  captureCheckout: true,
  updateCustomer: true,
};

/** What a provider has all of or nothing. */
const families: OptionalMethod[][] = [
  ["ensureCustomer", "updateCustomer", "deleteCustomer"],
  ["fetchInvoice", "fetchPrice", "fetchSubscription", "setCancelAtPeriodEnd", "endSubscription"],
];

export function describeMethods(lab: Lab): void {
  describe("the adapter", () => {
    it("has a name that can be asked for", () => {
      const { name: provider } = lab.adapter;
      expect(createPaymentSessionInput.parse({ productId: "p", provider })).toMatchObject({ provider });
    });

    it("has the optional methods that its harness tests, and no other", () => {
      const found = Object.keys(isOptional).filter((name) => Reflect.get(lab.adapter, name) !== undefined);
      expect(found.toSorted()).toEqual(lab.harness.methods.toSorted());
    });

    it.each(families)("has all of %s or none", (...family) => {
      expect(new Set(family.map((method) => lab.has(method))).size).toBe(1);
    });

    it("can end what it would settle", () => {
      expect(lab.has("expireCheckout") || !lab.has("captureCheckout")).toBe(true);
    });

    it("is tested with all that its methods need", () => {
      const { customers, recurring } = lab.harness;
      expect(customers !== undefined).toBe(lab.has("ensureCustomer"));
      expect(recurring !== undefined).toBe(lab.has("fetchSubscription"));
    });
  });
}
