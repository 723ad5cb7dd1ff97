import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestFolder } from "../testFolder.ts";
import { readEnvFile, toEnvFile } from "./envFile.ts";

const firebaseTools: { parseStrict(text: string): Record<string, string> } = createRequire(import.meta.url)(
  "firebase-tools/lib/functions/env.js",
);

describe("toEnvFile", () => {
  it.each([
    "http://127.0.0.1:5000",
    "",
    "a b",
    'say "hi"',
    "it's",
    "a # b",
    "two\nlines",
    String.raw`C:\new`,
    "a=b",
  ])("is read back by firebase-tools: %j", (value) => {
    const file = toEnvFile({ FIRST: "1", VALUE: value, LAST: "2" });
    expect(firebaseTools.parseStrict(file)).toEqual({ FIRST: "1", VALUE: value, LAST: "2" });
  });

  it("leaves a plain value unquoted", () => {
    expect(toEnvFile({ FRONTEND_URL: "http://127.0.0.1:5000" })).toBe("FRONTEND_URL=http://127.0.0.1:5000\n");
  });

  it("is overruled by a later line of the same name", () => {
    const file = toEnvFile({ ENFORCE_APP_CHECK: "false" }) + toEnvFile({ ENFORCE_APP_CHECK: "true" });
    expect(firebaseTools.parseStrict(file)).toEqual({ ENFORCE_APP_CHECK: "true" });
  });
});

describe("readEnvFile", () => {
  it("reads names and values", () => {
    const file = join(createTestFolder(), ".secret.local");
    writeFileSync(file, "# mine\nSTRIPE_SECRET_KEY=sk_test_1\nSTRIPE_WEBHOOK_SECRET='whsec_1'\n");
    expect(readEnvFile(file)).toEqual({ STRIPE_SECRET_KEY: "sk_test_1", STRIPE_WEBHOOK_SECRET: "whsec_1" });
  });

  it("reads none where there is no file", () => {
    expect(readEnvFile(join(tmpdir(), "there-is-no-such-file"))).toEqual({});
  });
});
