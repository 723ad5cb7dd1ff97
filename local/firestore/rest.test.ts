import { describe, expect, it } from "vitest";
import { toValue } from "./rest.ts";

describe("toValue", () => {
  it.each([
    [null, { nullValue: null }],
    ["text", { stringValue: "text" }],
    [false, { booleanValue: false }],
    [100, { integerValue: "100" }],
    [0.5, { doubleValue: 0.5 }],
    [new Date(0), { timestampValue: "1970-01-01T00:00:00.000Z" }],
    [[], { arrayValue: { values: [] } }],
    [{ a: ["b"] }, { mapValue: { fields: { a: { arrayValue: { values: [{ stringValue: "b" }] } } } } }],
  ])("writes %j", (value, expected) => {
    expect(toValue(value)).toEqual(expected);
  });

  it("refuses what Firestore does not have", () => {
    expect(() => toValue(undefined)).toThrow('Cannot store a value of type "undefined"');
  });
});
