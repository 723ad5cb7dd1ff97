import { describe, expect, it } from "vitest";
import { parseEntries, toFileName } from "./entries.ts";

describe("parseEntries", () => {
  it("reads what each module exports", () => {
    const source = `export {\n  createPaymentSession,\n  verifyPayment,\n} from "./gateway/functions.ts";\nexport { gateway } from "./gateway/router.ts";\n`;
    expect(parseEntries(source)).toEqual([
      { module: "./gateway/functions.ts", names: ["createPaymentSession", "verifyPayment"] },
      { module: "./gateway/router.ts", names: ["gateway"] },
    ]);
  });

  it.each([
    'export * from "./gateway/router.ts";',
    'export { handler as gateway } from "./gateway/router.ts";',
    'import { x } from "./gateway/router.ts";',
    "export const gateway = 1;",
    'export { gateway } from "firebase-functions";',
    'export { gateway } from "./gateway/router.ts";\nconsole.log("loaded");',
  ])("refuses %j", (source) => {
    expect(() => parseEntries(source)).toThrow("Cannot read the functions of index.ts");
  });
});

describe("toFileName", () => {
  it("is flat", () => {
    expect(toFileName({ module: "./gateway/router.ts", names: [] })).toBe("gateway-router");
  });
});
