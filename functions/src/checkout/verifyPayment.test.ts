import { describe, expect, it } from "vitest";
import { unusableIds } from "../../../tests/kit/unusableIds.ts";
import { verifyPaymentInput } from "./verifyPayment.ts";

describe("verifyPaymentInput", () => {
  it.each<[string, unknown, unknown]>([
    ["a session id", "cs_test_a1", { sessionId: "cs_test_a1" }],
    ["an object with one", { sessionId: "cs_test_a1" }, { sessionId: "cs_test_a1" }],
    [
      "an object with a provider",
      { sessionId: "cs_test_a1", provider: "stripe" },
      { sessionId: "cs_test_a1", provider: "stripe" },
    ],
    ["a name every object has", "constructor", { sessionId: "constructor" }],
  ])("reads %s", (_name, input, expected) => {
    expect(verifyPaymentInput.parse(input)).toEqual(expected);
  });

  it.each(unusableIds.filter(([name]) => name !== "an object"))("refuses %s as an id", (_name, id) => {
    expect(verifyPaymentInput.safeParse(id).success).toBe(false);
    expect(verifyPaymentInput.safeParse({ sessionId: id }).success).toBe(false);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["an empty object", {}],
    ["a user id", { sessionId: "cs_1", userId: "user_2" }],
    ["an unknown provider's form", { sessionId: "cs_1", provider: "STRIPE" }],
    // Firestore reserves such names and fails on them: https://firebase.google.com/docs/firestore/quotas
    ["a reserved document id", "__proto__"],
  ])("refuses %s", (_name, input) => {
    expect(verifyPaymentInput.safeParse(input).success).toBe(false);
  });
});
