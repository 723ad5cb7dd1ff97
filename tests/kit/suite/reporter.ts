import { globSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";
import { cacheFolder } from "../../../local/paths.ts";
import { testProjectId } from "./projectId.ts";

/** How many tests ended how. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Ends a run with a plain line of its numbers, after everything Vitest itself prints. */
export class TallyReporter implements Reporter {
  #tally: Tally = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    process.once("exit", (exitCode) => this.#print(exitCode));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const { passed, failed, skipped } = toTally(modules);
    this.#tally = { passed, failed: failed + unhandledErrors.length, skipped };
  }

  #print(exitCode: number): void {
    const { passed, skipped } = this.#tally;
    // Whatever else made the run fail, such as a suite that did not start, is a failure, too.
    const failed = exitCode === 0 ? this.#tally.failed : Math.max(1, this.#tally.failed);
    const logFiles = failed > 0 ? globSync(join(cacheFolder, "logs", `${testProjectId}-*.log`)) : [];
    for (const file of logFiles) writeSync(1, `Output of the emulators: ${file}\n`);
    writeSync(1, `${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}

function toTally(modules: readonly TestModule[]): Tally {
  const states = modules
    .flatMap((module) => [...module.children.allTests()])
    .map((test) => test.result().state);
  const count = (state: string): number => states.filter((other) => other === state).length;
  const brokenModules = modules.filter((module) => !module.ok() && !hasFailedTest(module)).length;
  return {
    passed: count("passed"),
    failed: count("failed") + brokenModules,
    skipped: count("skipped") + count("pending"),
  };
}

/** A file can fail without a failed test: it does not load, or a hook throws. */
function hasFailedTest(module: TestModule): boolean {
  return [...module.children.allTests("failed")].length > 0;
}
