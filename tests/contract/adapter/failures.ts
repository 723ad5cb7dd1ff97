import { describe, expect, it } from "vitest";
import type { ProviderResult } from "../../../functions/src/adapters/paymentAdapter.ts";
import type { Operation } from "./harness.ts";
import { EMAIL, newKey, PROJECT_ID, requireFailure, requireOk, type Lab } from "./lab.ts";

type Tried = Extract<Operation, "fetchProduct" | "createCheckout" | "fetchCheckout">;

export function describeFailures(lab: Lab): void {
  describe.each(["fetchProduct", "createCheckout", "fetchCheckout"] as const)("%s", (operation) => {
    it("fails for the moment while nobody answers", async () => {
      const call = await prepare(lab, operation);
      await lab.harness.breakNext(operation, "outage");
      const failure = requireFailure(await call());
      expect(["unavailable", "indeterminate"]).toContain(failure.kind);
      expect(failure.retryable).toBe(true);
      requireOk(await call());
    });

    it("fails for the moment while too many ask", async () => {
      const call = await prepare(lab, operation);
      await lab.harness.breakNext(operation, "rate_limit");
      const failure = requireFailure(await call());
      expect(failure).toMatchObject({ kind: "rate_limited", retryable: true });
      requireOk(await call());
    });

    it("fails for good with a wrong key, and says nothing secret", async () => {
      const { harness } = lab;
      const call = await prepare(lab, operation, () =>
        harness.createAdapter({ projectId: PROJECT_ID, isKeyWrong: true }),
      );
      const failure = requireFailure(await call());
      expect(failure).toMatchObject({ kind: "unauthenticated", retryable: false });
      expect(failure.detail).not.toMatch(/key_wrong|@/);
      expect(failure.detail).not.toContain(EMAIL);
    });
  });

  it("opens one checkout when the answer to the first call was lost", async () => {
    const { request } = await lab.prepare();
    const key = newKey();
    await lab.harness.breakNext("createCheckout", "lost_answer");
    expect(requireFailure(await lab.adapter.createCheckout(request, key)).retryable).toBe(true);
    const first = requireOk(await lab.adapter.createCheckout(request, key));
    const again = requireOk(await lab.adapter.createCheckout(request, key));
    expect(again.sessionId).toBe(first.sessionId);
  });
}

async function prepare(
  lab: Lab,
  operation: Tried,
  toAdapter = () => lab.adapter,
): Promise<() => Promise<ProviderResult<unknown>>> {
  const { request, checkout, order } = await lab.open();
  const adapter = toAdapter();
  const key = newKey();
  return {
    fetchProduct: () => adapter.fetchProduct(order.productId),
    fetchCheckout: () => adapter.fetchCheckout(checkout.sessionId),
    createCheckout: () => adapter.createCheckout(request, key),
  }[operation];
}
