import { describe, expect, it } from "vitest";
import { toFigure } from "./figure.ts";
import { toTable } from "./table.ts";

describe("toTable", () => {
  it("shows the figure with its spread, its floor, their ratio and whether the goal is met", () => {
    const met = toFigure("chapter", {
      name: "start",
      unit: "ms",
      values: [100, 120, 140],
      floor: { name: "bare", values: [200, 240, 280] },
      goal: { atMost: 0.7 },
    });
    const missed = toFigure("chapter", {
      name: "call",
      unit: "ms",
      values: [12],
      goal: { of: "figure", atMost: 10 },
    });
    expect(toTable([met, missed])).toBe(
      [
        "| what  | figure           | floor                   | ratio            | goal             |",
        "| ----- | ---------------- | ----------------------- | ---------------- | ---------------- |",
        "| start | 120 (110–130) ms | 240 (220–260) ms (bare) | 0.50 (0.50–0.50) | ratio ≤ 0.7: yes |",
        "| call  | 12.0 ms          |                         |                  | figure ≤ 10: NO  |",
      ].join("\n"),
    );
  });
});
