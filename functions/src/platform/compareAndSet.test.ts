import { describe, expect, it } from "vitest";
import { ConflictError, untilNoConflict } from "./compareAndSet.ts";

const FAILED_PRECONDITION = 9;
const NOT_FOUND = 5;

describe("untilNoConflict", () => {
  it("starts over as long as what was read is outdated", async () => {
    let attempts = 0;
    const result = await untilNoConflict(async () => {
      attempts += 1;
      if (attempts < 4) throw new ConflictError("Changed");
      return "done";
    });
    expect([result, attempts]).toEqual(["done", 4]);
  });

  // Source: https://firebase.google.com/docs/firestore/query-data/indexing#create_a_missing_index_through_an_error_message
  it.each([
    ["a missing index", FAILED_PRECONDITION, "The query requires an index"],
    ["a missing database", NOT_FOUND, "The database (default) does not exist"],
  ])("does not repeat what %s keeps from working", async (_name, code, message) => {
    let attempts = 0;
    const work = untilNoConflict(async () => {
      attempts += 1;
      throw Object.assign(new Error(message), { code });
    });
    await expect(work).rejects.toThrow(message);
    expect(attempts).toBe(1);
  });
});
