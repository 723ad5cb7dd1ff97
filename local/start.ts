import { once } from "node:events";
import { styleText } from "node:util";
import { seedCatalogue } from "./catalogue.ts";
import { REGION, startEmulators, type Emulators } from "./emulators/emulators.ts";
import { toShownLine } from "./emulators/output.ts";
import { requireNotRunning } from "./emulators/runFolder.ts";
import { createInterrupt } from "./interrupt.ts";
import { reloadAfterBuilds } from "./start/reload.ts";
import { hasOwnStripe, SECRETS_FILE } from "./start/userStripe.ts";
import { chooseEmulatorPorts, PROJECT_ID, startSuite, toVariables, type Suite } from "./suite.ts";

const interrupt = createInterrupt();
/** Until then, only the reason of a failed start is worth reading, and the error's message contains it. */
let isReady = false;

try {
  await run(interrupt);
} catch (error) {
  if (error !== interrupt.reason) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** Runs until somebody asks it to stop; fails if the emulators end first. */
async function run(signal: AbortSignal): Promise<void> {
  console.log("Starting the gateway on this machine …");
  const startedAt = performance.now();
  requireNotRunning(PROJECT_ID);
  const [running, urls] = await (hasOwnStripe() ? startWithOwnStripe(signal) : startWithLocalStripe(signal));
  isReady = true;
  console.log(toReadyText(urls, running.logFile, performance.now() - startedAt));
  reloadAfterBuilds(running.hubUrl, showText, signal);
  const failure = await Promise.race([running.failed, untilAborted(signal)]);
  if (!failure) console.log("\nStopping …");
  await running.stop();
  if (failure) throw failure;
}

async function untilAborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, "abort");
}

type Urls = Readonly<Record<string, string>>;

async function startWithLocalStripe(signal: AbortSignal): Promise<[Suite, Urls]> {
  const suite = await startSuite({
    projectId: PROJECT_ID,
    ports: "default",
    userVariables: true,
    onLine: show,
    signal,
  });
  try {
    await seedCatalogue(suite);
  } catch (error) {
    await suite.stop();
    throw error;
  }
  return [suite, { ...toUrls(suite), Stripe: suite.stripeUrl, "Control API": `${suite.stripeUrl}/_control` }];
}

async function startWithOwnStripe(signal: AbortSignal): Promise<[Emulators, Urls]> {
  const ports = await chooseEmulatorPorts("default");
  const emulators = await startEmulators({
    projectId: PROJECT_ID,
    ports,
    variables: toVariables(ports),
    secrets: "user",
    userVariables: true,
    onLine: show,
    signal,
  });
  const listen = `stripe listen --forward-to ${emulators.webhookUrl}`;
  return [emulators, { ...toUrls(emulators), Stripe: `the account in ${SECRETS_FILE}`, Webhooks: listen }];
}

function toUrls({ hostingUrl, functionsUrl, firestoreHost, authUrl }: Emulators): Urls {
  return {
    Shop: hostingUrl,
    Functions: `${functionsUrl}/${PROJECT_ID}/${REGION}`,
    Firestore: `http://${firestoreHost}`,
    Auth: authUrl,
  };
}

function toReadyText(urls: Urls, logFile: string, elapsedMs: number): string {
  const rows = Object.entries({ ...urls, Log: logFile }).map(([name, url]) => `  ${name.padEnd(13)}${url}`);
  const title = styleText("bold", `Gateway ready in ${(elapsedMs / 1000).toFixed(1)} s`);
  return [title, ...rows, "Press Ctrl-C to stop"].join("\n");
}

function show(line: string): void {
  const shown = isReady ? toShownLine(line) : undefined;
  if (shown !== undefined) showText(shown);
}

function showText(text: string): void {
  console.log(styleText("dim", `  | ${text}`));
}
