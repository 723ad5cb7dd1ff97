import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";

const requireHere = createRequire(import.meta.url);
const fromFunctions = createRequire(new URL("../package.json", import.meta.url));

describe("lean/googleGax", () => {
  it.each([
    "firestore-api/build/src/v1/firestore_client.js",
    "firestore/build/src/index.js",
    "firestore/build/src/util.js",
    "firestore/build/src/bulk-writer.js",
    "firestore/build/src/recursive-delete.js",
    "firestore/build/src/watch.js",
  ])("has what %s takes of google-gax", (file) => {
    const names = readNamesOfGax(file);
    expect(names).not.toHaveLength(0);
    const lean: object = requireHere("./lean/googleGax.cjs");
    expect(names.filter((name) => !(name in lean))).toEqual([]);
  });
});

describe("lean/gaxFallback", () => {
  it("is what google-gax has itself", () => {
    const { defaultToObjectOptions }: { defaultToObjectOptions: object } =
      fromFunctions("google-gax/fallback");
    expect(requireHere("./lean/gaxFallback.cjs")).toEqual({ defaultToObjectOptions });
  });
});

/** The names that a file of Firestore's client takes from google-gax, however it calls it there. */
function readNamesOfGax(file: string): string[] {
  const source = readFileSync(new URL(`../node_modules/@google-cloud/${file}`, import.meta.url), "utf8");
  const uses = source.matchAll(
    /(?:_gaxModule|google_gax_1|require\('google-gax(?:\/fallback)?'\)\)?)\.(\w+)/g,
  );
  return [...new Set([...uses].map(([, name = ""]) => name))];
}
