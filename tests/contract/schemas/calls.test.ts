import { describe, expectTypeOf, it } from "vitest";
import type { GatewayFunctions } from "../../../functions/src/contract/functions.ts";
import type { DeclaredFunctions } from "./declarations.9a2663f.ts";

type Now<Name extends keyof GatewayFunctions> = GatewayFunctions[Name];
type Before<Name extends keyof DeclaredFunctions> = DeclaredFunctions[Name];

/* These fail when they are compiled (`npm run types`). If a callable grows on purpose, so do the declarations. */
describe("the types of the contract, as they were declared before", () => {
  it("are those of createPaymentSession", () => {
    expectTypeOf<Now<"createPaymentSession">>().toEqualTypeOf<Before<"createPaymentSession">>();
  });

  it("are those of verifyPayment", () => {
    expectTypeOf<Now<"verifyPayment">>().toEqualTypeOf<Before<"verifyPayment">>();
  });

  it("are those of createPortalSession", () => {
    expectTypeOf<Now<"createPortalSession">>().toEqualTypeOf<Before<"createPortalSession">>();
  });

  it("are those of cancelSubscription", () => {
    expectTypeOf<Now<"cancelSubscription">>().toEqualTypeOf<Before<"cancelSubscription">>();
  });

  it("are those of resumeSubscription", () => {
    expectTypeOf<Now<"resumeSubscription">>().toEqualTypeOf<Before<"resumeSubscription">>();
  });

  it("are those of refundPayment", () => {
    expectTypeOf<Now<"refundPayment">>().toEqualTypeOf<Before<"refundPayment">>();
  });

  it("are those of runReconciliation", () => {
    expectTypeOf<Now<"runReconciliation">>().toEqualTypeOf<Before<"runReconciliation">>();
  });

  it("are those of redriveEvent", () => {
    expectTypeOf<Now<"redriveEvent">>().toEqualTypeOf<Before<"redriveEvent">>();
  });

  it("are those of grantCredits", () => {
    expectTypeOf<Now<"grantCredits">>().toEqualTypeOf<Before<"grantCredits">>();
  });

  it("name no callable that is gone", () => {
    expectTypeOf<keyof DeclaredFunctions>().toExtend<keyof GatewayFunctions>();
  });

  it("would notice another optional field, a wider type and another code", () => {
    expectTypeOf<{ id: string }>().not.toEqualTypeOf<{ id: string; note?: string | undefined }>();
    expectTypeOf<{ id: string }>().not.toEqualTypeOf<{ id: string | null }>();
    expectTypeOf<{ state: "a" }>().not.toEqualTypeOf<{ state: "a" | "b" }>();
  });
});
