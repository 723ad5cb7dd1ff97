import { createRequire } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../paths.ts";

interface Trigger {
  name: string;
  region: string;
  eventTrigger?: object;
  schedule?: object;
}

interface Backends {
  backends: readonly { functionTriggers: readonly Trigger[] }[];
}

/**
 * Fails unless the emulator loaded every function of the build, and starts a worker of each, so that a function that
 * cannot start is found now and the first call does not have to wait.
 */
export async function requireFunctionsLoaded(
  functionsUrl: string,
  projectId: string,
  signal: AbortSignal,
): Promise<void> {
  // Only the names are read: reading a value would load the function's module.
  const built: object = createRequire(import.meta.url)(join(projectRoot, "functions"));
  const response = await fetch(`${functionsUrl}/backends`);
  const { backends }: Backends = JSON.parse(await response.text());
  const triggers = backends.flatMap(({ functionTriggers }) => functionTriggers);
  const loaded = new Set(triggers.map(({ name }) => name));
  const missing = Object.keys(built).filter((name) => !loaded.has(name));
  if (missing.length > 0) {
    throw new Error(`The functions did not load: "${missing.join('", "')}" missing`);
  }
  // No caller waits for a scheduled function.
  const waitedFor = triggers.filter(({ schedule }) => !schedule);
  const baseUrl = `${functionsUrl}/${projectId}`;
  await Promise.all(waitedFor.map((trigger) => requireWorker(trigger, baseUrl, signal)));
}

/** Asks for the health of a function's worker, which the emulator's runtime answers itself. */
async function requireWorker(
  { name, region, eventTrigger }: Trigger,
  baseUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const url = `${baseUrl}/${region}/${eventTrigger ? `${name}-0` : name}/__/health`;
  const status = await fetch(url, { signal }).then(
    (response) => response.status,
    () => "no answer",
  );
  if (status !== 200) throw new Error(`The function "${name}" did not start (${status})`);
}
