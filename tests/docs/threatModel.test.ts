import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../local/paths.ts";

const text = readFileSync(join(projectRoot, "docs/threat-model.md"), "utf8");

/** `[name](../file) "test", "another test"` */
const references = [...text.matchAll(/\]\(\.\.\/([^)]+)\)((?:,? "[^"]+")*)/g)].map(
  ([, file = "", titles = ""]) => ({
    file,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => title),
  }),
);

describe("docs/threat-model.md", () => {
  it("names files that exist", () => {
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter(({ file }) => !existsSync(join(projectRoot, file)))).toEqual([]);
  });

  it("names tests that exist", () => {
    const missing = references.flatMap(({ file, titles }) => {
      const source = readFileSync(join(projectRoot, file), "utf8");
      return titles.filter((title) => !isTitle(title, source)).map((title) => `${file}: ${title}`);
    });
    expect(missing).toEqual([]);
  });

  it("names every file of the security tests", () => {
    const named = new Set(references.map(({ file }) => file));
    const files = globSync("tests/{security,fuzz,rules}/*.test.ts", { cwd: projectRoot }).map((file) =>
      file.replaceAll("\\", "/"),
    );
    const unnamed = files.filter((file) => !named.has(file));
    expect(unnamed).toEqual(["tests/rules/indexes.test.ts"]);
  });

  it("has a test, or at least its file, in every row", () => {
    const rows = text.split("\n").filter((line) => line.startsWith("| ") && !/^\| (?:attack|-)/.test(line));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => !/\.test\.ts[`)][^|]*\|$/.test(row))).toEqual([]);
  });
});

/** Whether it stands where a test or a group of tests has its title. */
function isTitle(title: string, source: string): boolean {
  return [`"${title}"`, `\`${title}\``].some((quoted) =>
    source
      .split(quoted)
      .slice(0, -1)
      .some((before) => /(?:\b(?:it|describe)|\)|\])\(\s*$/.test(before)),
  );
}
