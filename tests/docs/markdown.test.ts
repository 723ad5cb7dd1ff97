import { describe, expect, it } from "vitest";
import { readAnchors, readLinks, readSection } from "./markdown.ts";

const page = [
  "# The page",
  "See [one](a.md), [`two`](../b.md#part) and [three](<https://example.com/x>).",
  "```md",
  "# No heading",
  "[no link](c.md)",
  "```",
  "## Params & secrets",
  "Text",
  "## createPaymentSession, `verify_payment`",
  "### Part",
  "More",
  "## Part",
].join("\n");

describe("readLinks", () => {
  it("finds every target outside of code", () => {
    expect(readLinks(page)).toEqual(["a.md", "../b.md#part", "https://example.com/x"]);
  });
});

describe("readAnchors", () => {
  it("names headings as GitHub does, repeated ones with a number", () => {
    expect([...readAnchors(page)]).toEqual([
      "the-page",
      "params--secrets",
      "createpaymentsession-verify_payment",
      "part",
      "part-1",
    ]);
  });
});

describe("readSection", () => {
  it("ends with the next heading of the level", () => {
    expect(readSection(page, "Params & secrets")).toBe("Text");
    expect(readSection(page, "createPaymentSession, `verify_payment`")).toBe("### Part\nMore");
  });

  it("is empty without the heading", () => {
    expect(readSection(page, "Elsewhere")).toBe("");
  });
});
