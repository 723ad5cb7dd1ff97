import { toWebhook } from "../../tests/kit/hosting/requests.ts";
import { requireStatus, send } from "../../tests/kit/hosting/send.ts";
import { FunctionProcess, toDeployed } from "../../tests/kit/hosting/functionProcess.ts";
import { measuredCore } from "../backend/cores.ts";
import { copyPurchases } from "../events.ts";
import { runBurst } from "../load.ts";
import { toFigure, type Figure } from "../report/figure.ts";
import type { Shop } from "../shop.ts";
import { measureInTurns, toQuantile } from "../report/statistics.ts";
import { readUsage } from "../backend/usage.ts";
import type { Backend } from "../backend/backend.ts";
import { createFloor } from "./floors.ts";

const AT_ONCE = 16;

/** One burst of events: what it came to each second, how long one took, and what one cost. */
interface Result {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
}

/** Delivers bursts of payments' events to our webhook and to the plainest one, each on one processor, in turns. */
export async function measureWebhook(
  backend: Backend,
  shop: Shop,
  { rounds, burst }: { rounds: number; burst: number },
): Promise<Figure[]> {
  const model = await shop.buy("webhook_user");
  const gateway = {
    served: await FunctionProcess.start(toDeployed("gateway"), backend.environment, measuredCore),
    path: "/webhook/stripe",
  };
  const plain = {
    served: await FunctionProcess.start(createFloor("webhook"), backend.environment, measuredCore),
    path: "/",
  };
  const deliver = async (target: Target, count: number): Promise<Result> => {
    const requests = (await copyPurchases(backend, model, count)).map(({ event }) => toWebhook(event));
    return await measureBurst(target, requests);
  };
  try {
    for (const target of [gateway, plain]) await deliver(target, burst);
    const measured = await measureInTurns([gateway, plain], rounds, (target) => deliver(target, burst));
    return toFigures(measured.get(gateway) ?? [], measured.get(plain) ?? []);
  } finally {
    await Promise.all([gateway, plain].map(({ served }) => served.kill()));
  }
}

interface Target {
  readonly served: FunctionProcess;
  readonly path: string;
}

async function measureBurst(
  { served, path }: Target,
  requests: readonly ReturnType<typeof toWebhook>[],
): Promise<Result> {
  const before = readUsage(served.pid)?.cpuMs ?? NaN;
  const { perSecond, latenciesMs } = await runBurst(requests, { atOnce: AT_ONCE }, async (request) => {
    requireStatus(await send(served.url + path, request), 200, "the webhook");
  });
  const cpuMs = ((readUsage(served.pid)?.cpuMs ?? NaN) - before) / requests.length;
  return { perSecond, p50: toQuantile(latenciesMs, 0.5), p99: toQuantile(latenciesMs, 0.99), cpuMs };
}

function toFigures(gateway: readonly Result[], plain: readonly Result[]): Figure[] {
  const toColumn = (
    name: string,
    unit: string,
    of: (result: Result) => number,
    goal?: Figure["goal"],
  ): Figure =>
    toFigure("Webhook", {
      name: `webhook: ${name}`,
      unit,
      values: gateway.map(of),
      floor: { name: "plainest webhook", values: plain.map(of) },
      goal,
    });
  return [
    toColumn("events on one core", "/s", ({ perSecond }) => perSecond, { atLeast: 0.6 }),
    toColumn("events for a second of processor time", "/s", ({ cpuMs }) => 1000 / cpuMs, { atLeast: 0.6 }),
    toColumn(`p50, ${AT_ONCE} at once`, "ms", ({ p50 }) => p50),
    toColumn(`p99, ${AT_ONCE} at once`, "ms", ({ p99 }) => p99),
  ];
}
