import { describe, expect, it } from "vitest";
import { toHash, toKey } from "./ids.ts";

// Stored hashes and the provider's idempotency keys depend on these: another value would do work twice.
describe("toHash", () => {
  it("is the SHA-256 of the parts as JSON", () => {
    const hash = "4f55efdecbc3892d3530d80cf579d46200adc10c3db580c27964c00773d72c40";
    expect(toHash([100, "Welcome", ""])).toBe(hash);
  });

  it("tells a number from its digits", () => {
    expect(toHash(["100", "Welcome", ""])).not.toBe(toHash([100, "Welcome", ""]));
  });
});

describe("toKey", () => {
  it("is the purpose with the hash of the parts", () => {
    const hash = "8249fa12e6787aab29d050fa2598cbcbe7c58b4b4781722626306a6e1aeccbd8";
    expect(toKey("refund", ["100", "Welcome", ""])).toBe(`refund_${hash}`);
  });

  it("does not take parts that are joined otherwise for the same", () => {
    expect(toKey("refund", ["ab", "c"])).not.toBe(toKey("refund", ["a", "bc"]));
  });
});
