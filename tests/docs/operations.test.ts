import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

describe("docs/operations.md", () => {
  it("lists every log line that the functions write, and no other", () => {
    const written = globSync("functions/src/**/*.ts", { cwd: root })
      .filter((file) => !file.endsWith(".test.ts"))
      .flatMap((file) =>
        findAll(readFileSync(join(root, file), "utf8"), /\b(?:info|warn|logError)\("([^"]+)"/g),
      );
    const [table = ""] = readFileSync(join(root, "docs/operations.md"), "utf8").split("## Counters");
    const rows = table.split("\n").flatMap((line) => line.split("|").slice(1, 2));
    const listed = rows.flatMap((cell) => findAll(cell, /`([^`]+)`/g));
    expect(new Set(listed)).toEqual(new Set(written));
  });
});

/** What the pattern's group says, everywhere it matches. */
function findAll(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), ([, found = ""]) => found);
}
