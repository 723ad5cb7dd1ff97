import { inspect } from "node:util";
import { error as logError, info, warn } from "firebase-functions/logger";
import { LoggedError } from "./errors.ts";

/** A log line's fields for an error: what it is about, if that is known, and the error with all of its causes. */
export function toLogFields(error: unknown): Record<string, unknown> {
  if (error instanceof LoggedError) return { ...error.fields, error: inspect(error.cause) };
  return { error: inspect(error) };
}

/**
 * The product is sold all the same, but read from the provider at each purchase, and apps find another document in its place.
 */
export function warnOfForeignProduct(productId: string): void {
  const remedy = "Gateway and what wrote the document need collections of their own, such as a project each";
  warn("Product not in the catalogue: its document is somebody else's", { productId, remedy });
}

/** Somebody pays twice for one product, which may be what they want or not. */
export function warnOfTwoPlans(twice: Readonly<Record<string, unknown>>): void {
  warn("Product subscribed to twice", twice);
}

/** What a run of a user's deletion did. What our keys do not reach is told once. */
export function logForgotten(run: { userId: string; endedIds: string[]; unreachableIds: string[] }): void {
  const { userId, endedIds, unreachableIds } = run;
  info("User forgotten", { userId, endedIds });
  if (unreachableIds.length > 0) warn("Left to end by itself", { userId, unreachableIds });
}

/** What admins' work says in the log while it goes on and when it is done. */
export const logReports = {
  onSubscribedTwice: (twice: object): void => warnOfTwoPlans({ ...twice }),
  onForgotten: logForgotten,
  onFailure: ({ error, ...failure }: { step: string; id: string; error: unknown }): void =>
    logError("Reconciliation failed", { ...failure, ...toLogFields(error) }),
  onReconciled: (report: object): void => info("Reconciliation done", { ...report }),
};
