import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestFolder } from "../testFolder.ts";
import { hasOwnStripe } from "./userStripe.ts";

describe("hasOwnStripe", () => {
  it("sees the key of a test account", () => {
    expect(hasOwnStripe(writeSecrets("STRIPE_SECRET_KEY=sk_test_51own\n"))).toBe(true);
  });

  it.each(["", "STRIPE_SECRET_KEY=\n", "STRIPE_SECRET_KEY=sk_test_gateway_local\n"])(
    "sees none in %j",
    (text) => {
      expect(hasOwnStripe(writeSecrets(text))).toBe(false);
    },
  );

  it("sees none without a file", () => {
    expect(hasOwnStripe(join(tmpdir(), "there-is-no-such-file"))).toBe(false);
  });

  it.each(["sk_live_51own", "rk_live_51own"])("refuses the live key %j", (key) => {
    expect(() => hasOwnStripe(writeSecrets(`STRIPE_SECRET_KEY=${key}\n`))).toThrow("holds a live Stripe key");
  });
});

function writeSecrets(text: string): string {
  const file = join(createTestFolder(), ".secret.local");
  writeFileSync(file, text);
  return file;
}
