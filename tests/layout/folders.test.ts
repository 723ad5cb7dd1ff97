import { globSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path";
import { describe, expect, it } from "vitest";
import config, { edges, rooms } from "../../oxlint.config.ts";

const MAX_FILES = 14;
const CATCH_ALL = "functions/src/**/*.ts";

const files = globSync(CATCH_ALL, { cwd: join(import.meta.dirname, "../..") })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !file.endsWith(".test.ts"))
  .toSorted();
const perFolder = Map.groupBy(files, dirname);

const borders = (config.overrides ?? [])
  .filter(({ rules }) => rules !== undefined && "no-restricted-imports" in rules)
  .flatMap((override) => override.files)
  .filter((glob) => glob !== CATCH_ALL);

describe("functions/src", () => {
  it("has no folder but the rooms in the order of oxlint.config.ts, and the edges", () => {
    const folders = new Set(files.flatMap((file) => file.split("/").slice(2, -1).slice(0, 1)));
    expect([...folders].toSorted()).toEqual([...rooms, ...edges].toSorted());
  });

  it("has a border around every file", () => {
    const open = files.filter((file) => !borders.some((glob) => matchesGlob(file, glob)));
    expect(files.length).toBeGreaterThan(100);
    expect(open).toEqual([]);
  });

  it(`has at most ${MAX_FILES} files in a folder, tests not counted`, () => {
    const crowded = [...perFolder].filter(([, contents]) => contents.length > MAX_FILES);
    expect(crowded.map(([folder, { length }]) => `${folder}: ${length}`)).toEqual([]);
  });
});
