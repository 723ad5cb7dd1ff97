/** What came of a number of requests. */
export interface Burst {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
}

/** Does all of the work, so many pieces at a time. */
export async function runBurst<T>(
  work: readonly T[],
  { atOnce }: { atOnce: number },
  run: (piece: T) => Promise<void>,
): Promise<Burst> {
  const waiting = work.values();
  const latenciesMs: number[] = [];
  const runAll = async (): Promise<void> => {
    for (const piece of waiting) {
      const startedAt = performance.now();
      await run(piece);
      latenciesMs.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, runAll));
  return { perSecond: (work.length / (performance.now() - startedAt)) * 1000, latenciesMs };
}
