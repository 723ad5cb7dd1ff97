/** The middle of some measurements and the half around it. */
export interface Spread {
  readonly median: number;
  /** A quarter of the measurements is below. */
  readonly low: number;
  /** A quarter is above. */
  readonly high: number;
  readonly count: number;
}

export function toSpread(values: readonly number[]): Spread {
  return {
    median: toQuantile(values, 0.5),
    low: toQuantile(values, 0.25),
    high: toQuantile(values, 0.75),
    count: values.length,
  };
}

/** The value below which the given share of the values lies, between its neighbours where it falls between two. */
export function toQuantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) throw new Error("Cannot summarize: nothing was measured");
  return below + (above - below) * (at - Math.floor(at));
}

/** Each measurement divided by the one that was taken beside it. */
export function toRatios(values: readonly number[], floors: readonly number[]): number[] {
  if (values.length !== floors.length) throw new Error("Cannot compare: the measurements are not in pairs");
  return values.map((value, index) => value / (floors[index] ?? NaN));
}

/**
 * Measures subjects in turns, so that whatever the machine does meanwhile is done to all of them. Each round begins with
 * another one.
 */
export async function measureInTurns<S, T>(
  subjects: readonly S[],
  rounds: number,
  measure: (subject: S) => Promise<T>,
): Promise<Map<S, T[]>> {
  const measured = new Map<S, T[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round += 1) {
    const first = round % subjects.length;
    for (const subject of [...subjects.slice(first), ...subjects.slice(0, first)]) {
      measured.get(subject)?.push(await measure(subject));
    }
  }
  return measured;
}
