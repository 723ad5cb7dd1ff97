import { toCallBy } from "../../tests/kit/hosting/requests.ts";
import { requireStatus, send } from "../../tests/kit/hosting/send.ts";
import { copyPurchases } from "../events.ts";
import { toFigure, type Figure } from "../report/figure.ts";
import { seedEntries, seedPayments } from "../seed.ts";
import { openShop, type Purchase, type Shop } from "../shop.ts";
import { measureInTurns, toQuantile, toRatios } from "../report/statistics.ts";
import { startBackend, type Backend } from "../backend/backend.ts";

const BUYERS = 20;

/** A database of some size, and purchases in it. */
interface Place {
  readonly backend: Backend;
  readonly shop: Shop;
  /** Bought by the user whose ledger is long in the large place. */
  readonly bought: Purchase;
}

type Times = Record<(typeof STEPS)[number], number>;

const STEPS = [
  "webhook",
  "createPaymentSession",
  "verifyPayment",
  "booking",
  "read and write of one document",
] as const;

/** How much slower everything is in a large database, for a user with a long ledger, than in a small one, in turns. */
export async function measureGrowth({
  rounds,
  calls,
  small,
  large,
  entries,
}: Record<"rounds" | "calls" | "small" | "large" | "entries", number>): Promise<Figure[]> {
  const places = [
    await prepare({ payments: small, entries: 1, writes: large + entries }),
    await prepare({ payments: large, entries, writes: large }),
  ];
  try {
    const measure = (place: Place): Promise<Times> => measurePlace(place, calls);
    for (const place of places) await measure(place);
    const measured = await measureInTurns(places, rounds, measure);
    const [few = [], many = []] = places.map((place) => measured.get(place));
    const growthOf = (step: keyof Times): number[] =>
      toRatios(
        many.map((times) => times[step]),
        few.map((times) => times[step]),
      );
    const bare = STEPS[STEPS.length - 1] ?? "booking";
    return STEPS.filter((step) => step !== bare).map((step) =>
      toFigure("Growth", {
        name: `${step}: ${large} payments, ${entries} entries by ${small} payments, 1 entry`,
        unit: "×",
        values: growthOf(step),
        floor: { name: bare, values: growthOf(bare) },
        goal: { of: "figure", atMost: 1.1 },
      }),
    );
  } finally {
    for (const { backend, shop } of places) {
      await shop.stop();
      await backend.stop();
    }
  }
}

async function prepare(size: { payments: number; entries: number; writes: number }): Promise<Place> {
  const { entries } = size;
  const backend = await startBackend();
  const shop = await openShop(backend);
  const bought = await shop.buy("growth_user");
  await seedPayments(backend, bought, size);
  if (entries > 1) await seedEntries(backend, bought.uid, entries);
  for (let buyer = 0; buyer < BUYERS; buyer += 1) await shop.open(`growth_buyer_${buyer}`);
  return { backend, shop, bought };
}

async function measurePlace({ backend, shop, bought }: Place, calls: number): Promise<Times> {
  const { db, projectId } = backend;
  const copies = await copyPurchases(backend, bought, calls);
  const each = async (run: (index: number) => Promise<unknown>): Promise<number> => {
    const latencies: number[] = [];
    for (let index = 0; index < calls; index += 1) {
      const startedAt = performance.now();
      await run(index);
      latencies.push(performance.now() - startedAt);
    }
    return toQuantile(latencies, 0.5);
  };
  const requirePaid = async (): Promise<void> => {
    const request = toCallBy(bought.sessionId, { projectId, userId: bought.uid });
    requireStatus(await send(shop.verify.url, request), 200, "verifyPayment");
  };
  return {
    webhook: await each((index) => shop.deliver(copies[index]?.event ?? {})),
    createPaymentSession: await each((index) => shop.open(`growth_buyer_${index % BUYERS}`)),
    verifyPayment: await each(requirePaid),
    booking: await each((index) => shop.book(copies[index]?.paymentId ?? "")),
    "read and write of one document": await each(async (index) => {
      await db.doc(`bench/read_${index}`).get();
      await db.doc(`bench/write_${index}`).set({ index });
    }),
  };
}
