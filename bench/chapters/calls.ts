import { toCallBy } from "../../tests/kit/hosting/requests.ts";
import { requireStatus, send, type Message } from "../../tests/kit/hosting/send.ts";
import { FunctionProcess, toDeployed } from "../../tests/kit/hosting/functionProcess.ts";
import { DECODED_TOKENS } from "../../tests/kit/hosting/environment.ts";
import { toFigure, type Figure, type Goal } from "../report/figure.ts";
import type { Shop } from "../shop.ts";
import { measureInTurns, toQuantile } from "../report/statistics.ts";
import { createLike, retrieve } from "./stripeCalls.ts";
import { readUsage } from "../backend/usage.ts";
import type { Backend } from "../backend/backend.ts";
import { createFloor } from "./floors.ts";

/** Something that is done again and again, one at a time; `served` where a function of this machine does it. */
interface Step {
  readonly name: string;
  readonly served?: FunctionProcess;
  readonly run: () => Promise<unknown>;
}

interface Result {
  readonly p50: number;
  /** Of the served function, each time. */
  readonly cpuMs: number;
}

/**
 * How long warm calls take beyond the provider's own time: less what the same call of Stripe takes when it is made
 * directly, in turns. Tokens are decoded and not verified, as firebase-tools does it.
 */
export async function measureCalls(
  backend: Backend,
  shop: Shop,
  { rounds, calls, warmUp }: { rounds: number; calls: number; warmUp: number },
): Promise<Figure[]> {
  const environment = { ...backend.environment, ...DECODED_TOKENS };
  const create = await FunctionProcess.start(toDeployed("createPaymentSession"), environment);
  const verify = await FunctionProcess.start(toDeployed("verifyPayment"), environment);
  const bare = await FunctionProcess.start(createFloor("call"), environment);
  try {
    const steps = await toSteps(backend, shop, { create, verify, bare });
    const measure = (step: Step): Promise<Result> => measureStep(step, calls);
    for (const step of Object.values(steps)) await measureStep(step, warmUp);
    const measured = await measureInTurns(Object.values(steps), rounds, measure);
    return toFigures(steps, (step) => measured.get(step) ?? []);
  } finally {
    await Promise.all([create, verify, bare].map((served) => served.kill()));
  }
}

const BUYERS = 40;

type Steps = Record<
  "create" | "verifyPaid" | "verifyOpen" | "stripeCreate" | "stripeRetrieve" | "bare",
  Step
>;

async function toSteps(
  { projectId, stripe }: Backend,
  shop: Shop,
  served: Record<"create" | "verify" | "bare", FunctionProcess>,
): Promise<Steps> {
  const { create, verify, bare } = served;
  const caller = { projectId, userId: "call_user" };
  const paid = await shop.buy(caller.userId);
  const open = await shop.open(caller.userId);
  const ask = (name: string, of: FunctionProcess, input: unknown): Step => ({
    name,
    served: of,
    run: () => call(of, toCallBy(input, caller)),
  });
  // Nobody opens hundreds of sessions.
  const buyers = Array.from({ length: BUYERS }, (_, index) => `call_user_${index}`);
  for (const uid of buyers) await shop.open(uid);
  let next = 0;
  const createInTurn = (): Promise<string> => {
    next += 1;
    const uid = buyers[next % BUYERS] ?? caller.userId;
    return call(create, toCallBy({ productId: shop.productId }, { projectId, userId: uid }));
  };
  return {
    create: { name: "createPaymentSession", served: create, run: createInTurn },
    verifyPaid: ask("verifyPayment, paid", verify, paid.sessionId),
    verifyOpen: ask("verifyPayment, open", verify, open.sessionId),
    stripeCreate: { name: "Stripe's create", run: await createLike(stripe, open.sessionId) },
    stripeRetrieve: { name: "Stripe's retrieve", run: () => retrieve(stripe, open.sessionId) },
    bare: ask("bare call", bare, {}),
  };
}

async function call({ url }: FunctionProcess, request: Message): Promise<string> {
  return requireStatus(await send(url, request), 200, "a call");
}

async function measureStep({ served, run }: Step, calls: number): Promise<Result> {
  const readCpuMs = (): number => (served && readUsage(served.pid)?.cpuMs) ?? NaN;
  const before = readCpuMs();
  const latencies: number[] = [];
  for (let made = 0; made < calls; made += 1) {
    const startedAt = performance.now();
    await run();
    latencies.push(performance.now() - startedAt);
  }
  return { p50: toQuantile(latencies, 0.5), cpuMs: (readCpuMs() - before) / calls };
}

function toFigures(steps: Steps, resultsOf: (step: Step) => readonly Result[]): Figure[] {
  const { create, verifyPaid, verifyOpen, stripeCreate, stripeRetrieve, bare } = steps;
  const p50Of = (step: Step): number[] => resultsOf(step).map(({ p50 }) => p50);
  const cpuOf = (step: Step): number[] => resultsOf(step).map(({ cpuMs }) => cpuMs);
  const toPair = (step: Step, goal: Goal, provider?: Step): Figure[] => [
    toFigure("Calls", {
      name: `${step.name}: p50${provider ? " beyond Stripe's time" : ""}`,
      unit: "ms",
      values: provider ? subtract(p50Of(step), p50Of(provider)) : p50Of(step),
      floor: { name: bare.name, values: p50Of(bare) },
      goal,
    }),
    toFigure("Calls", {
      name: `${step.name}: processor time`,
      unit: "ms",
      values: cpuOf(step),
      floor: { name: bare.name, values: cpuOf(bare) },
    }),
  ];
  return [
    ...toPair(create, { atMost: 2.8 }, stripeCreate),
    ...toPair(verifyPaid, { atMost: 2.5 }),
    ...toPair(verifyOpen, { atMost: 2.5 }, stripeRetrieve),
  ];
}

function subtract(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, at) => value - (others[at] ?? NaN));
}
