import type { TestProject } from "vitest/node";
import { startSuite, type Suite, type SuiteAddresses } from "../../../local/suite.ts";
import { testProjectId } from "./projectId.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The running suites, one for each worker: `suite.ts` has the one to use. */
    suites: readonly SuiteAddresses[];
  }
}

let starting: Promise<Suite>[] = [];

/** A suite for each worker, since some files stop its webhooks or set its clock: those of one worker come one by one. */
export async function setup(project: TestProject): Promise<void> {
  starting = Array.from({ length: project.config.maxWorkers }, (_, index) =>
    startSuite({ projectId: `${testProjectId}-${index + 1}`, ports: "free" }),
  );
  const running = await Promise.all(starting);
  project.provide(
    "suites",
    running.map(({ stop: _stop, failed: _failed, ...addresses }) => addresses),
  );
  void Promise.race(running.map(({ failed }) => failed)).then(reportFailure);
}

export async function teardown(): Promise<void> {
  const started = await Promise.allSettled(starting);
  await Promise.all(started.map(async (suite) => suite.status === "fulfilled" && (await suite.value.stop())));
}

/** Tests would only say that nothing answers: this says why. */
function reportFailure({ message }: Error): void {
  console.error(message);
  process.exitCode = 1;
}
