import { Timestamp } from "@google-cloud/firestore";
import { describe, expect, it } from "vitest";
import { at } from "../../../tests/kit/builders.ts";
import { instant } from "./instant.ts";

describe("instant", () => {
  it.each([
    ["a date", at(1)],
    ["a Firestore timestamp", Timestamp.fromDate(at(1))],
  ])("reads %s", (_name, value) => {
    expect(instant.parse(value)).toEqual(at(1));
  });

  it.each([
    ["text", "2030-01-01T00:00:01Z"],
    ["milliseconds", at(1).getTime()],
    ["an invalid date", new Date(Number.NaN)],
    ["a timestamp that went through JSON", { _seconds: 1, _nanoseconds: 0 }],
    ["something whose toDate gives no date", { toDate: () => "now" }],
    ["something whose toDate cannot be called", { toDate: at(1) }],
    ["null", null],
    ["nothing", undefined],
  ])("refuses %s", (_name, value) => {
    expect(instant.safeParse(value).success).toBe(false);
  });
});
