import { Firestore, GeoPoint, Timestamp } from "@google-cloud/firestore";
import { describe, expect, it } from "vitest";
import { toPlain } from "./plain.ts";

describe("toPlain", () => {
  const at = new Date("2026-01-02T03:04:05Z");
  const reference = new Firestore({ projectId: "demo" }).doc("customers/somebody");

  it.each<[string, unknown, unknown]>([
    ["a time", Timestamp.fromDate(at), "2026-01-02T03:04:05.000Z"],
    ["a date", at, "2026-01-02T03:04:05.000Z"],
    ["a reference", reference, "customers/somebody"],
    ["bytes", Buffer.from("secret"), "6 bytes"],
    ["a place", new GeoPoint(1, 2), { _latitude: 1, _longitude: 2 }],
    ["nothing", null, null],
    ["what is no number", [Number.NaN, -Infinity, 1], ["NaN", "-Infinity", 1]],
    ["what is below", { a: [{ at }], b: 1.5 }, { a: [{ at: "2026-01-02T03:04:05.000Z" }], b: 1.5 }],
  ])("turns %s into JSON", (_, value, expected) => {
    expect(toPlain(value)).toEqual(expected);
  });
});
