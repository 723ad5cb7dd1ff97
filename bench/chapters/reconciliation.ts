import { PaymentAdapterFactory } from "../../functions/src/adapters/factory.ts";
import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import type { ReconciliationReport } from "../../functions/src/contract/calls.ts";
import type { GatewayContext } from "../../functions/src/options.ts";
import { reconcilePayments } from "../../functions/src/reconciliation/reconcile.ts";
import { LOCAL_STRIPE } from "../../local/suite.ts";
import { buildContext } from "../../tests/kit/context.ts";
import { buildStripeAdapter } from "../../tests/kit/stripe.ts";
import type { Backend } from "../backend/backend.ts";
import { runBurst } from "../load.ts";
import { toFigure, type Figure } from "../report/figure.ts";
import type { Shop } from "../shop.ts";

const CHAPTER = "Reconciliation";
const PAGE_MS = 50;
const AT_ONCE = 8;
/** What falls due between two runs. */
const OVERDUE = 10;
const MAX_RUNS = 50;
const SAMPLE_MS = 100;

/** How many events of another integration there are, how many of our purchases were missed, and how long a run may take. */
export type ReconciliationSize = Record<"foreign" | "ours" | "budgetMs", number>;

interface RunFigures extends ReconciliationReport {
  readonly seconds: number;
  /** The most that the process had in memory. */
  readonly memoryMb: number;
}

/**
 * How many runs it takes to get through an account that shares its events with another integration, behind a provider that
 * takes its time for each page.
 */
export async function measureReconciliation(
  { control, db, projectId, environment }: Backend,
  { productId }: Shop,
  { foreign, ours, budgetMs }: ReconciliationSize,
): Promise<Figure[]> {
  const adapter = buildStripeAdapter({
    url: String(environment["STRIPE_API_BASE_URL"]),
    apiKey: LOCAL_STRIPE.apiKey,
    webhookSecret: LOCAL_STRIPE.webhookSecret,
    projectId,
  });
  const context = buildContext({
    db,
    projectId,
    adapters: new PaymentAdapterFactory({ stripe: async () => adapter }, { defaultProvider: "stripe" }),
  });
  let pages = 0;
  const listEvents = adapter.listEvents.bind(adapter);
  adapter.listEvents = async (wanted) => {
    pages += 1;
    return await listEvents(wanted);
  };
  const buyAll = async (count: number): Promise<void> => {
    const sessionIds = await openAll(context, productId, count);
    for (const sessionId of sessionIds) await control.pay(sessionId);
  };
  // The oldest and the newest of what is listed is ours.
  await buyAll(Math.ceil(ours / 2));
  await control.addForeignEvents({ count: foreign });
  await buyAll(Math.floor(ours / 2));
  await control.addFault({ route: "GET /v1/events", fault: "delay", delayMs: PAGE_MS, times: 10 * foreign });
  const runs: RunFigures[] = [];
  do {
    for (const sessionId of await openAll(context, productId, OVERDUE)) {
      await control.expire(sessionId);
      await db.doc(`payment_sessions/${sessionId}`).update({ expiresAt: new Date(0) });
    }
    runs.push(await run(context, budgetMs));
  } while (!runs.at(-1)?.complete && runs.length < MAX_RUNS);
  await control.clearFaults();
  const { size: booked } = await db.collectionGroup("grants").get();
  if (runs.at(-1)?.complete && booked !== ours) throw new Error(`Booked ${booked} of ${ours} purchases`);
  return toFigures(runs, { foreign, ours, pages });
}

async function openAll(context: GatewayContext, productId: string, count: number): Promise<string[]> {
  const sessionIds: string[] = [];
  const users = Array.from({ length: count }, () => crypto.randomUUID());
  await runBurst(users, { atOnce: AT_ONCE }, async (userId) => {
    const { sessionId } = await createPaymentSession(context, { userId, email: undefined }, { productId });
    sessionIds.push(sessionId);
  });
  return sessionIds;
}

async function run(context: GatewayContext, budgetMs: number): Promise<RunFigures> {
  let memoryMb = 0;
  const sampling = setInterval(() => {
    memoryMb = Math.max(memoryMb, process.memoryUsage.rss() / 1024 / 1024);
  }, SAMPLE_MS);
  const startedAt = performance.now();
  const report = await reconcilePayments(context, {
    budgetMs,
    onFailure: ({ error }) => {
      throw error;
    },
  });
  clearInterval(sampling);
  const seconds = (performance.now() - startedAt) / 1000;
  return { ...report, seconds, memoryMb };
}

function toFigures(
  runs: readonly RunFigures[],
  { foreign, ours, pages }: { foreign: number; ours: number; pages: number },
): Figure[] {
  const account = `${foreign} foreign events, ${ours} purchases`;
  const count = (name: string, unit: string, values: readonly number[]): Figure =>
    toFigure(CHAPTER, { name: `${account}: ${name}`, unit, values });
  const [first, last] = [runs[0], runs.at(-1)];
  return [
    count("until done", "runs", [runs.length]),
    count(`pages of ${PAGE_MS} ms`, "pages", [pages]),
    count("the longest run", "s", [Math.max(...runs.map(({ seconds }) => seconds))]),
    count("memory of the first run", "MB", [first?.memoryMb ?? 0]),
    count("memory of the last run", "MB", [last?.memoryMb ?? 0]),
    count("overdue sessions checked, the least of a run", "sessions", [
      Math.min(...runs.map(({ sessions }) => sessions.seen)),
    ]),
    count("payments looked at, the least of a run", "payments", [
      Math.min(...runs.map(({ credits }) => credits.seen)),
    ]),
  ];
}
