import type { Figure, Goal } from "./figure.ts";
import type { Spread } from "./statistics.ts";

/** The figures as a Markdown table, which reads well in a terminal, too. */
export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map(toRow);
  const head = ["what", "figure", "floor", "ratio", "goal"];
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const toLine = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [toLine(head), toLine(widths.map((width) => "-".repeat(width))), ...rows.map(toLine)].join("\n");
}

function toRow({ name, unit, value, floor, ratio, goal }: Figure): string[] {
  return [
    name,
    `${toText(value)} ${unit}`,
    floor ? `${toText(floor.value)} ${unit} (${floor.name})` : "",
    ratio ? toText(ratio) : "",
    goal ? toGoalText(goal, value, ratio) : "",
  ];
}

/** The median, and the half of all measurements around it. */
function toText({ median, low, high, count }: Spread): string {
  return count === 1 ? toNumber(median) : `${toNumber(median)} (${toNumber(low)}–${toNumber(high)})`;
}

function toNumber(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function toGoalText(goal: Goal, value: Spread, ratio: Spread | undefined): string {
  const { of, atMost, atLeast } = goal;
  const { median } = of === "figure" || !ratio ? value : ratio;
  const isMet = median <= (atMost ?? Infinity) && median >= (atLeast ?? -Infinity);
  const wanted = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
  return `${of === "figure" ? "figure" : "ratio"} ${wanted}: ${isMet ? "yes" : "NO"}`;
}
