import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../functions/src/adapters/stripe/events.ts";
import { readAnchors, readLinks, readSection } from "./markdown.ts";

const root = join(import.meta.dirname, "../..");
const foreign = new Set(["node_modules", "lib", "dist", ".cache"]);
const pages = ["**/*.md", ".github/**/*.md"]
  .flatMap((pattern) => globSync(pattern, { cwd: root, exclude: (path) => foreign.has(basename(path)) }))
  .map((page) => page.replaceAll("\\", "/"));

function readPage(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** What is wrong with a link of a page; undefined for one that leads somewhere, or out of the repository. */
function toProblem(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(root, page) : join(root, dirname(page), path);
  if (relative(root, target).startsWith("..") || !existsSync(target)) return `${link}: no such file`;
  if (anchor === undefined || readAnchors(readFileSync(target, "utf8")).has(anchor)) return undefined;
  return `${link}: no such heading`;
}

describe("every page", () => {
  it("is found", () => {
    expect(pages).toEqual(
      expect.arrayContaining(["README.md", "docs/guides/spend.md", ".github/pull_request_template.md"]),
    );
    expect(pages.filter((page) => page.includes("node_modules"))).toEqual([]);
  });

  it.each(pages)("%s links to files and headings that exist", (page) => {
    const problems = readLinks(readPage(page)).flatMap((link) => toProblem(page, link) ?? []);
    expect(problems).toEqual([]);
  });

  it.each([
    ["CHANGELOG.md", "docs/missing.md", "docs/missing.md: no such file"],
    ["README.md", "docs/reference.md#missing", "docs/reference.md#missing: no such heading"],
    ["docs/reference.md", "../../elsewhere.md", "../../elsewhere.md: no such file"],
  ])("%s would be noticed to link to %s", (page, link, problem) => {
    expect(toProblem(page, link)).toBe(problem);
  });
});

describe("README.md", () => {
  it("has at most 900 words", () => {
    expect(readPage("README.md").trim().split(/\s+/).length).toBeLessThanOrEqual(900);
  });
});

describe("docs/guides", () => {
  it("are all in their list", () => {
    const guides = pages.filter((page) => /^docs\/guides\/[^/]+$/.test(page)).map((page) => basename(page));
    const listed = readLinks(readPage("docs/guides/README.md"));
    expect([...listed, "README.md"].toSorted()).toEqual(guides.toSorted());
  });
});

describe("docs/internals.md", () => {
  const rows = readSection(readPage("docs/internals.md"), "To change something")
    .split("\n")
    .flatMap((line) => /^\| .+ \| `([^`]+)` +\|$/.exec(line)?.[1] ?? []);

  it("says which file or folder to open for 20 changes or more", () => {
    expect(rows.length).toBeGreaterThanOrEqual(20);
  });

  it.each(rows)("names %s, which exists", (path) => {
    expect(existsSync(join(root, path))).toBe(true);
  });
});

describe("docs/reference.md", () => {
  it("lists the events that are read, and no others", () => {
    const section = readSection(readPage("docs/reference.md"), "Webhook events");
    const listed = [...section.matchAll(/^[a-z_]+(?:\.[a-z_]+)+$/gm)].map(([event]) => event);
    expect(listed.toSorted()).toEqual(EVENT_TYPES.toSorted());
  });
});
