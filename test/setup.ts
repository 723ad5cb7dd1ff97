import type { TestProject } from "vitest/node";
import { startSuite } from "../local/suite.ts";
import type { Suite, SuiteAddresses } from "../local/suite.ts";
import { testProjectId } from "./projectId.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The running suite, for `inject("suite")`. */
    suite: SuiteAddresses;
  }
}

let running: Suite | undefined;

export async function setup(project: TestProject): Promise<void> {
  running = await startSuite({ projectId: testProjectId, ports: "free" });
  const { stop: _stop, failed, ...addresses } = running;
  project.provide("suite", addresses);
  void reportFailure(failed);
}

export async function teardown(): Promise<void> {
  await running?.stop();
}

/** Tests would only say that nothing answers: this says why. */
async function reportFailure(failed: Promise<Error>): Promise<void> {
  const { message } = await failed;
  console.error(message);
  process.exitCode = 1;
}
