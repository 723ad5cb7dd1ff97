import { requireStatus, send } from "../../tests/kit/hosting/send.ts";
import { FunctionProcess } from "../../tests/kit/hosting/functionProcess.ts";
import { toFigure, type Figure, type Measured } from "../report/figure.ts";
import type { Shop } from "../shop.ts";
import { toFloorStarts, toMainStarts, toOtherStarts, type Start } from "./starts.ts";
import { measureInTurns } from "../report/statistics.ts";
import { readUsage, type Usage } from "../backend/usage.ts";
import type { Backend } from "../backend/backend.ts";

/** One process from its start to its first answer. */
interface Started {
  readonly readyMs: number;
  readonly answeredMs: number;
  /** Up to the answer; undefined where the system does not tell. */
  readonly usage: Usage | undefined;
}

/**
 * Starts each function in a new process and asks it once, in turns with the bare function of its kind. Only the function is
 * cold: after as many purchases as `warmUp` says, Firestore and Stripe answer as fast as they will.
 */
export async function measureColdStarts(
  backend: Backend,
  shop: Shop,
  { rounds, warmUp, quick }: { rounds: number; warmUp: number; quick: boolean },
): Promise<Figure[]> {
  for (let bought = 0; bought < warmUp; bought += 1) await shop.buy(`warm_user_${bought % BUYERS}`);
  const bought = await shop.buy("cold_user");
  await backend.db.doc("bench/floor").set({ here: true });
  const floors = toFloorStarts(backend);
  const starts = [...toMainStarts(backend, shop, bought), ...(quick ? [] : toOtherStarts(backend, bought))];
  const measured = await measureInTurns([...floors, ...starts], rounds, (start) => startOnce(backend, start));
  return starts.flatMap((start) => {
    const bare = floors.find(({ kind }) => kind === start.kind);
    return toFigures(
      start,
      measured.get(start) ?? [],
      bare && { ...bare, started: measured.get(bare) ?? [] },
    );
  });
}

/** So many that none of them ends with a long list of open checkouts. */
const BUYERS = 20;

async function startOnce(backend: Backend, start: Start): Promise<Started> {
  const request = await start.prepare();
  const served = await FunctionProcess.start(start.source, backend.environment);
  try {
    const answer = await send(`${served.url}${start.path ?? ""}`, request);
    const answeredMs = performance.now() - served.startedAt;
    const usage = readUsage(served.pid);
    requireStatus(answer, start.status ?? 200, start.name);
    return { readyMs: served.readyAt - served.startedAt, answeredMs, usage };
  } finally {
    await served.kill();
  }
}

const columns: readonly {
  name: string;
  unit: string;
  goal?: Measured["goal"];
  of(started: Started): number;
}[] = [
  { name: "first answer", unit: "ms", goal: { atMost: 0.7 }, of: ({ answeredMs }) => answeredMs },
  { name: "listening", unit: "ms", of: ({ readyMs }) => readyMs },
  { name: "processor time", unit: "ms", goal: { atMost: 0.7 }, of: ({ usage }) => usage?.cpuMs ?? NaN },
  { name: "memory", unit: "MB", of: ({ usage }) => usage?.memoryMb ?? NaN },
];

function toFigures(
  { name, isLong = false }: Start,
  started: readonly Started[],
  bare: { name: string; started: readonly Started[] } | undefined,
): Figure[] {
  return columns.map((column) =>
    toFigure("Cold start", {
      name: `${name}: ${column.name}`,
      unit: column.unit,
      values: started.map((one) => column.of(one)),
      floor: bare && { name: bare.name, values: bare.started.map((one) => column.of(one)) },
      goal: isLong ? undefined : column.goal,
    }),
  );
}
