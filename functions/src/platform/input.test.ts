import { describe, expect, it } from "vitest";
import * as z from "zod";
import { requireInput } from "./input.ts";

const schema = z.strictObject({ amount: z.int() });

describe("requireInput", () => {
  it("returns what fits", () => {
    expect(requireInput(schema, { amount: 1 })).toEqual({ amount: 1 });
  });

  it.each([
    [{ amount: "1" }, /^amount: /],
    [{ amount: 1, total: 2 }, /^data: .*"total"/],
    [[], /^data: /],
  ])("names the field and the reason of %j", (input, message) => {
    expect(() => requireInput(schema, input)).toThrow(
      expect.objectContaining({ code: "invalid_argument", message: expect.stringMatching(message) }),
    );
  });

  it("quotes no more than 500 characters, whatever the input names its fields", () => {
    const fields = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field_${index}`, 1]));
    expect(() => requireInput(schema, fields)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{500}$/s) }),
    );
  });
});
