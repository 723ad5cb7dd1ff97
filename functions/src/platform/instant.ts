import * as z from "zod";

/** A point in time: a `Date` in the program; a Firestore timestamp (anything with `toDate`) is read as one. */
export const instant = z.preprocess((value) => (hasToDate(value) ? value.toDate() : value), z.date());

/** When a document was first and last written. */
export const stamps = { createdAt: instant, updatedAt: instant };

export const MS_PER_DAY = 86_400_000;

function hasToDate(value: unknown): value is { toDate(): Date } {
  return (
    typeof value === "object" && value !== null && "toDate" in value && typeof value.toDate === "function"
  );
}
