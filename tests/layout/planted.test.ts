import { describe, expect, it } from "vitest";
import { rooms } from "../../oxlint.config.ts";
import { allowed } from "./allowed.ts";
import { forbidden } from "./forbidden.ts";
import { lint, type Refusal } from "./lint.ts";
import { Bed, type Plant } from "./plants.ts";

const bed = new Bed();

interface Placed {
  plant: Plant;
  line: number;
}

/** Plants by what they are about, each with the line that it got. */
function place(groups: Record<string, Plant[]>): [string, Placed[]][] {
  return Object.entries(groups).map(([name, plants]) => [
    name,
    plants.map((plant) => ({ plant, line: bed.plant(plant) })),
  ]);
}

function toFile(file: string, lines: readonly string[]): Plant[] {
  return lines.map((line) => ({ file, line }));
}

const crossings = place(forbidden);
const passages = place(allowed);
const circles = place(
  Object.fromEntries(
    rooms.map((room) => [
      room,
      [
        { file: `functions/src/${room}/circleA.ts`, line: 'import type { B } from "./circleB.ts";' },
        { file: `functions/src/${room}/circleB.ts`, line: 'import type { A } from "./circleA.ts";' },
      ],
    ]),
  ),
);
const [[, unlisted] = ["", []]] = place({
  unlisted: [
    ...toFile("functions/src/unlisted/planted.ts", ['import { a } from "../model/planted.ts";']),
    ...toFile("functions/src/unlisted/folder/planted.ts", ['import type { B } from "./other.ts";']),
    ...toFile("functions/src/unlisted/db.ts", ['import type { C } from "@google-cloud/firestore";']),
    ...toFile("functions/src/beside.ts", ['import { createHash } from "node:crypto";']),
  ],
});
const twice = toFile("functions/src/model/twice.ts", [
  'import { a } from "./planted.ts";',
  'import type { B } from "./planted.ts";',
]);
const disguised = toFile("functions/src/model/disguised.ts", [
  'import { A } from "./planted.ts";',
  "export type Disguised = A;",
  'export type Hidden = import("../checkout/planted.ts").Hidden;',
]);
for (const plant of [...twice, ...disguised]) bed.plant(plant);

// One run for all plants: most of its time goes into starting.
const refusals = Map.groupBy(lint(bed.files), ({ file }) => file);
const border = "eslint(no-restricted-imports)";

function readRefusals({ plant, line }: Placed, rule = border): Refusal[] {
  return (refusals.get(plant.file) ?? []).filter((refusal) => refusal.line === line && refusal.rule === rule);
}

function isRefused(placed: Placed): boolean {
  return readRefusals(placed).length > 0;
}

function toText({ plant }: Placed): string {
  return `${plant.file}: ${plant.line}`;
}

function readRules(file: string): { line: number; rule: string }[] {
  return (refusals.get(file) ?? [])
    .filter(({ rule }) => rule !== "eslint(no-unused-vars)")
    .map(({ line, rule }) => ({ line, rule }));
}

describe("the linter", () => {
  it.each(crossings)("refuses %s", (_name, plants) => {
    expect(plants.length).toBeGreaterThan(0);
    expect(plants.filter((placed) => !isRefused(placed)).map(toText)).toEqual([]);
  });

  it.each(passages)("allows %s", (_name, plants) => {
    expect(plants.length).toBeGreaterThan(0);
    expect(plants.filter(isRefused).map(toText)).toEqual([]);
  });

  it.each(circles)("refuses two new files in %s that import each other's types", (_room, plants) => {
    const missed = plants.filter((placed) => readRefusals(placed, "import(no-cycle)").length === 0);
    expect(missed.map(toText)).toEqual([]);
  });

  it("refuses a folder or file that is in no order, and says where to name it", () => {
    expect(unlisted.map((plant) => readRefusals(plant).map(({ help }) => help))).toEqual(
      unlisted.map(() => ["Name this folder in the order of the rooms in oxlint.config.ts"]),
    );
  });

  it("refuses two imports from one file", () => {
    expect(readRules("functions/src/model/twice.ts")).toEqual([{ line: 1, rule: "import(no-duplicates)" }]);
  });

  it("refuses a type that is imported as a value, or within a type", () => {
    const rule = "typescript(consistent-type-imports)";
    expect(readRules("functions/src/model/disguised.ts")).toEqual(
      expect.arrayContaining([
        { line: 1, rule },
        { line: 3, rule },
      ]),
    );
  });
});
