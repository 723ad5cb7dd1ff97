import { watch } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../paths.ts";

const QUIET_MS = 500;

/**
 * Makes the functions emulator load the functions again after every build, until the signal comes. The emulator itself
 * does not watch folders whose names begin with a dot, such as the cache.
 */
export function reloadAfterBuilds(hubUrl: string, log: (line: string) => void, signal: AbortSignal): void {
  let timer: NodeJS.Timeout | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));
  watch(join(projectRoot, "functions/lib"), { recursive: true, signal }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void reload(hubUrl, log), QUIET_MS);
  });
}

/** When the hub switches the triggers on, it loads all functions again. */
async function reload(hubUrl: string, log: (line: string) => void): Promise<void> {
  try {
    const response = await fetch(`${hubUrl}/functions/enableBackgroundTriggers`, { method: "PUT" });
    log(response.ok ? "Functions reloaded" : `Cannot reload the functions: ${await response.text()}`);
  } catch (error) {
    log(`Cannot reload the functions: ${String(error)}`);
  }
}
