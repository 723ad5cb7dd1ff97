import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureCalls } from "./chapters/calls.ts";
import { measureColdStarts } from "./chapters/coldStart.ts";
import { measureContention } from "./chapters/contention.ts";
import { spareCore } from "./backend/cores.ts";
import { toCostFigures } from "./chapters/cost.ts";
import { measureGrowth } from "./chapters/growth.ts";
import type { Figure } from "./report/figure.ts";
import { openShop, type Shop } from "./shop.ts";
import { measureReconciliation } from "./chapters/reconciliation.ts";
import { measureStory } from "./chapters/story.ts";
import { toTable } from "./report/table.ts";
import { measureWebhook } from "./chapters/webhook.ts";
import { startBackend, type Backend } from "./backend/backend.ts";

const { quick = false, only } = parseArgs({
  options: { quick: { type: "boolean" }, only: { type: "string" } },
}).values;

type Chapter = () => Promise<Figure[]>;

const chapters: Readonly<Record<string, Chapter>> = {
  coldStart: inBackend((backend, shop) =>
    measureColdStarts(
      backend,
      shop,
      quick ? { rounds: 3, warmUp: 100, quick } : { rounds: 15, warmUp: 300, quick },
    ),
  ),
  webhook: inBackend(
    (backend, shop) =>
      measureWebhook(backend, shop, quick ? { rounds: 3, burst: 200 } : { rounds: 9, burst: 400 }),
    spareCore,
  ),
  calls: inBackend((backend, shop) =>
    measureCalls(
      backend,
      shop,
      quick ? { rounds: 3, calls: 15, warmUp: 100 } : { rounds: 9, calls: 30, warmUp: 300 },
    ),
  ),
  story: inBackend((backend, shop) => measureStory(backend, shop, { rounds: quick ? 10 : 40 })),
  contention: inBackend((backend, shop) =>
    measureContention(backend, shop, quick ? { purchases: 20, users: 50 } : { purchases: 100, users: 1000 }),
  ),
  growth: () =>
    measureGrowth(
      quick
        ? { rounds: 3, calls: 8, small: 100, large: 2_000, entries: 1_000 }
        : { rounds: 9, calls: 12, small: 1_000, large: 100_000, entries: 10_000 },
    ),
  reconciliation: inBackend((backend, shop) =>
    measureReconciliation(
      backend,
      shop,
      quick
        ? { foreign: 10_000, ours: 100, budgetMs: 10_000 }
        : { foreign: 200_000, ours: 2_000, budgetMs: 60_000 },
    ),
  ),
  cost: () => Promise.resolve(toCostFigures()),
};

// Nothing that was started here outlives this process, also when it is interrupted.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const startedAt = performance.now();
const loadBefore = loadavg();
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(chapters)) {
  if (only !== undefined && !only.split(",").includes(name)) continue;
  console.error(`Measuring ${name} …`);
  figures.push(...(await measure()));
}
const seconds = Math.round((performance.now() - startedAt) / 1000);
const machine = {
  processors: `${cpus().length} × ${cpus()[0]?.model}`,
  node: process.version,
  loadBefore,
  loadAfter: loadavg(),
  seconds,
};
console.log(`${toTable(figures)}\n\n${toMachineText()}`);
writeFileSync(join(import.meta.dirname, "results.json"), JSON.stringify({ machine, figures }, null, 2));

/** A database of its own, so that nothing is measured in what another chapter left. */
function inBackend(
  measure: (backend: Backend, shop: Shop) => Promise<Figure[]>,
  wrapper: readonly string[] = [],
): Chapter {
  return async () => {
    const backend = await startBackend(wrapper);
    try {
      const shop = await openShop(backend);
      const measured = await measure(backend, shop);
      await shop.stop();
      return measured;
    } finally {
      await backend.stop();
    }
  };
}

function toMachineText(): string {
  const load = [...loadBefore.slice(0, 1), ...machine.loadAfter.slice(0, 1)].map((value) => value.toFixed(1));
  return `${machine.processors}, Node ${machine.node}, load ${load.join(" before, ")} after, ${seconds} s`;
}
