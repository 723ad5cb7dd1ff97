import { describe, expect, it } from "vitest";
import type { AdapterHarness } from "./harness.ts";
import { EMAIL, expectNotFound, newKey, requireFailure, requireOk, type Lab } from "./lab.ts";

export function describeCustomers(lab: Lab, customers: NonNullable<AdapterHarness["customers"]>): void {
  describe("ensureCustomer", () => {
    it("makes one customer for one key", async () => {
      const [user, key] = [{ userId: crypto.randomUUID(), email: EMAIL }, newKey()];
      const first = requireOk(await lab.with("ensureCustomer").ensureCustomer(user, key));
      expect(requireOk(await lab.with("ensureCustomer").ensureCustomer(user, key))).toBe(first);
      const other = { ...user, userId: crypto.randomUUID() };
      const failure = requireFailure(await lab.with("ensureCustomer").ensureCustomer(other, key));
      expect(failure).toMatchObject({ kind: "conflict", retryable: false });
    });

    it("makes one when its answer was lost, also of a user without an e-mail address", async () => {
      const [user, key] = [{ userId: crypto.randomUUID(), email: undefined }, newKey()];
      await lab.harness.breakNext("ensureCustomer", "lost_answer");
      const lost = await lab.with("ensureCustomer").ensureCustomer(user, key);
      expect(requireFailure(lost).retryable).toBe(true);
      const first = requireOk(await lab.with("ensureCustomer").ensureCustomer(user, key));
      expect(requireOk(await lab.with("ensureCustomer").ensureCustomer(user, key))).toBe(first);
    });
  });

  describe("deleteCustomer", () => {
    it("removes a customer, once however often it is asked to", async () => {
      const { request } = await lab.prepare();
      const { customerId = "" } = request;
      requireOk(await lab.with("deleteCustomer").deleteCustomer(customerId));
      requireOk(await lab.with("deleteCustomer").deleteCustomer(customerId));
      expectNotFound(await lab.with("updateCustomer").updateCustomer({ customerId, email: EMAIL }));
    });

    it("does not find one who never was", async () => {
      expectNotFound(await lab.with("deleteCustomer").deleteCustomer("cus_of_other_keys"));
    });
  });

  describe("a customer who was removed", () => {
    it("is named as what was not found", async () => {
      const { request } = await lab.prepare();
      const { customerId = "" } = request;
      requireOk(await lab.with("updateCustomer").updateCustomer({ customerId, email: `new-${EMAIL}` }));
      await customers.remove(customerId);
      expectNotFound(await lab.with("updateCustomer").updateCustomer({ customerId, email: EMAIL }));
      const failure = requireFailure(await lab.adapter.createCheckout(request, newKey()));
      expect(failure).toMatchObject({ kind: "not_found", subject: "customer", retryable: false });
    });
  });
}
