import { inject } from "vitest";

/** The suite of this worker, which nobody else uses meanwhile. */
export const suite = chooseSuite();

function chooseSuite() {
  const worker = Number(process.env["VITEST_POOL_ID"]);
  const own = inject("suites")[worker - 1];
  if (!own) throw new Error(`Expected a suite for worker ${worker}`);
  return own;
}
