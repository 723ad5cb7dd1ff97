import { describe, expect, it } from "vitest";
import { parseExportedNames } from "./loadedFunctions.ts";

describe("parseExportedNames", () => {
  it("reads re-exports", () => {
    const source =
      'export { createPaymentSession, verifyPayment } from "./a.js";\nexport { gateway } from "./b.js";';
    expect(parseExportedNames(source)).toEqual(["createPaymentSession", "verifyPayment", "gateway"]);
  });

  it("reads the outer name of a renamed one", () => {
    expect(parseExportedNames('export { handler as gateway, } from "./b.js";')).toEqual(["gateway"]);
  });

  it("reads declarations", () => {
    expect(parseExportedNames("export const a = 1;\nexport async function b() {}\nconst c = 2;")).toEqual([
      "a",
      "b",
    ]);
  });

  it("refuses an entry that hides its names", () => {
    expect(() => parseExportedNames('export * from "./a.js";')).toThrow("Cannot tell the functions");
  });
});
