import { describe, expect, it } from "vitest";
import { at } from "../../../tests/kit/builders.ts";
import type { Free } from "./documents.ts";
import { giveFreeOrder, giveFreeTime } from "./free.ts";

const now = at(0);
const january = { userId: "anna", key: "il_1", start: at(0), end: at(30) };

describe("giveFreeTime", () => {
  const first = giveFreeTime(undefined, january, now);

  it("gives the first one", () => {
    expect(first).toEqual({
      isGiven: true,
      free: {
        userId: "anna",
        windows: { il_1: { start: at(0), end: at(30) } },
        orders: [],
        createdAt: now,
        updatedAt: now,
      },
    });
  });

  it("answers a repeated question alike, and changes nothing", () => {
    expect(giveFreeTime(first.free, january, at(1))).toEqual(first);
  });

  it.each<[string, { start: Date; end: Date }, boolean]>([
    ["the next period", { start: at(30), end: at(60) }, true],
    ["an earlier one whose news is late", { start: at(-30), end: at(0) }, true],
    ["one that begins before the first ends", { start: at(29), end: at(59) }, false],
    ["one within the first", { start: at(10), end: at(20) }, false],
    ["one that is still running when the first begins", { start: at(-10), end: at(1) }, false],
  ])("of %s", (_name, period, isGiven) => {
    const second = giveFreeTime(first.free, { userId: "anna", key: "il_2", ...period }, at(1));
    expect(second.isGiven).toBe(isGiven);
    expect(Object.keys(second.free.windows)).toHaveLength(isGiven ? 2 : 1);
  });

  it("keeps the latest windows", () => {
    let free: Free | undefined;
    for (let month = 0; month < 60; month += 1) {
      const wanted = { userId: "anna", key: `il_${month}`, start: at(month * 30), end: at(month * 30 + 30) };
      free = giveFreeTime(free, wanted, now).free;
    }
    expect(Object.keys(free?.windows ?? {})).toHaveLength(50);
    expect(free?.windows).toHaveProperty("il_59");
  });
});

describe("giveFreeOrder", () => {
  const order = { userId: "anna", paymentId: "stripe_cs_1", times: 1 };
  const first = giveFreeOrder(undefined, order, now);

  it("gives one, and the same again", () => {
    expect(first).toMatchObject({ isGiven: true, free: { orders: ["stripe_cs_1"] } });
    expect(giveFreeOrder(first.free, order, at(1))).toEqual(first);
  });

  it.each([
    [1, false],
    [2, true],
  ])("of %i times gives a second one: %s", (times, isGiven) => {
    const second = giveFreeOrder(first.free, { userId: "anna", paymentId: "stripe_cs_2", times }, at(1));
    expect(second.isGiven).toBe(isGiven);
  });
});
