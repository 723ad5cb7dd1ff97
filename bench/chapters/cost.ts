import { INSTANCE, PRICES } from "./prices.ts";
import { toFigure, type Figure } from "../report/figure.ts";

/** What one story uses, as `tests/cost` counts it on warm instances where nobody shares them. */
export interface BilledStory {
  readonly name: string;
  readonly reads: number;
  readonly writes: number;
  /** Later, when the inbox's entries have had their time. */
  readonly deletes: number;
  /** Seconds that each invocation takes; those that wait for Stripe take as long as Stripe. */
  readonly invocationSeconds: readonly number[];
}

/** Stripe's own time of one call, as its customers report it; it is not measured here. */
const STRIPE_SECONDS = 0.5;
const SHORT = 0.05;

/** Reads and writes as `tests/cost/cost.test.ts` counts them, in its rows "purchase" and "purchase, verified on return". */
export const STORIES: readonly BilledStory[] = [
  {
    name: "purchase: createPaymentSession, webhook, booking",
    reads: 6,
    writes: 9,
    deletes: 1,
    invocationSeconds: [STRIPE_SECONDS, SHORT, SHORT],
  },
  {
    name: "purchase verified on return",
    reads: 12,
    writes: 10,
    deletes: 1,
    invocationSeconds: [STRIPE_SECONDS, SHORT, SHORT, SHORT],
  },
];

/** What a million of each story costs at list prices, without Stripe's own fees. */
export function toCostFigures(): Figure[] {
  return STORIES.map((story) =>
    toFigure("Cost", {
      name: `a million times ${story.name}`,
      unit: "USD",
      values: [toDollars(story) * 1_000_000],
    }),
  );
}

export function toDollars({ reads, writes, deletes, invocationSeconds }: BilledStory): number {
  const { firestore, functions } = PRICES;
  const database = reads * firestore.read + writes * firestore.write + deletes * firestore.delete;
  const { cpus, gibibytes } = INSTANCE;
  const perSecond = cpus * functions.cpuSecond + gibibytes * functions.gibibyteSecond;
  const seconds = invocationSeconds.reduce((sum, each) => sum + toBilledSeconds(each), 0);
  return database + seconds * perSecond + invocationSeconds.length * functions.invocation;
}

function toBilledSeconds(seconds: number): number {
  return Math.ceil(seconds / INSTANCE.stepSeconds) * INSTANCE.stepSeconds;
}
