import { readDefaultPorts } from "../emulators/config.ts";
import { HOST } from "../ports.ts";
import { LOCAL_STRIPE, PROJECT_ID, type SuiteAddresses } from "../suite.ts";

const ANSWER_LIMIT_MS = 2_000;

/** What another program can find out about a running `npm start`. */
export type RunningSuite = Pick<
  SuiteAddresses,
  "projectId" | "hostingUrl" | "functionsUrl" | "authUrl" | "firestoreHost" | "stripeUrl"
>;

/** Finds a running `npm start` with local Stripe, by asking its default ports for its project. */
export async function findRunningSuite(): Promise<RunningSuite | undefined> {
  const { hosting, functions, firestore, auth } = readDefaultPorts();
  const hostingUrl = `http://${HOST}:${hosting}`;
  const stripeUrl = `http://${HOST}:${LOCAL_STRIPE.port}`;
  const [init, events] = await Promise.all([
    readText(`${hostingUrl}/__/firebase/init.json`),
    readText(`${stripeUrl}/_control/events`),
  ]);
  if (events === undefined || init === undefined || !init.includes(`"projectId": "${PROJECT_ID}"`)) {
    return undefined;
  }
  return {
    projectId: PROJECT_ID,
    hostingUrl,
    functionsUrl: `http://${HOST}:${functions}`,
    authUrl: `http://${HOST}:${auth}`,
    firestoreHost: `${HOST}:${firestore}`,
    stripeUrl,
  };
}

async function readText(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    return response.ok ? await response.text() : undefined;
  } catch {
    // Nothing listens there, so it is not running.
    return undefined;
  }
}
