import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Whether processes can be kept on processors of their own here. */
export const canPin = availableParallelism() > 1 && hasTaskset();

/** The command before another that keeps a measured function on one processor; empty where that cannot be done. */
export const measuredCore: readonly string[] = canPin ? ["taskset", "-c", "0"] : [];

/** The same for all that is not measured, on the other processors. */
export const spareCore: readonly string[] = canPin
  ? ["taskset", "-c", `1-${availableParallelism() - 1}`]
  : [];

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
