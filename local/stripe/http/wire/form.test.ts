import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FormValue } from "../../platform/params.ts";
import { canonicalForm, decodeForm, formValues } from "./form.ts";

function plain(value: FormValue): unknown {
  if (typeof value === "string") return value;
  return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
}

function canonical(text: string): string {
  return canonicalForm(decodeForm(text));
}

describe("decodeForm", () => {
  it("nests brackets and numbers empty ones", () => {
    const form = decodeForm("a=1&b[c]=2&b[d][0][e]=3&b[d][1][e]=4&f[]=5&f[]=6");
    expect(plain(form)).toStrictEqual({
      a: "1",
      b: { c: "2", d: { 0: { e: "3" }, 1: { e: "4" } } },
      f: { 0: "5", 1: "6" },
    });
    expect([...formValues(form)]).toStrictEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it.each(["[a]=1", "a[b=1", "a[b]c=1", `a${"[b]".repeat(20)}=1`])("refuses the name in %s", (text) => {
    expect(() => decodeForm(text)).toThrow(/parameter/i);
  });

  it("keeps any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decodeForm(new URLSearchParams({ a: text }).toString()).get("a")).toBe(text);
      }),
    );
  });
});

describe("canonicalForm", () => {
  it("is the same for the same parameters in any order, and for no others", () => {
    expect(canonical("a=1&b[c]=2&b[d]=3")).toBe(canonical("b[d]=3&a=1&b[c]=2"));
    expect(canonical("a=1&b=2")).not.toBe(canonical("a=2&b=1"));
    expect(canonical("a[b]=1")).not.toBe(canonical("a={b:1}"));
  });
});
