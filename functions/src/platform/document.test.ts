import { describe, expect, it } from "vitest";
import * as z from "zod";
import { documentOf, translatedDocumentOf } from "./document.ts";
import { DocumentError } from "./errors.ts";

const schema = z.object({ credits: z.int().max(1_000) });

describe("toData", () => {
  const plain = documentOf(schema);
  const translated = translatedDocumentOf(schema, {
    toValue: ({ credits }) => credits,
    toStored: (credits: number) => ({ credits }),
  });

  it("is what is stored", () => {
    expect(plain.toData({ credits: 1_000 })).toEqual({ credits: 1_000 });
    expect(translated.toData(1_000)).toEqual({ credits: 1_000 });
  });

  it("throws for what could not be read again, and names the document and the field", () => {
    expect(() => plain.toData({ credits: 1_001 })).toThrow(DocumentError);
    expect(() => translated.toData(0.5, "payments/stripe_1")).toThrow(
      /^Cannot write document "payments\/stripe_1": (?:.|\n)*credits/,
    );
  });
});
