type Choice = readonly [factor: number, value: number];

/**
 * Few rows with one value of each factor, in which every two values of two factors meet. `sizes` is how many values each
 * factor has; a row holds their indices. Greedy: a row begins with a pair that is missing, and takes the values that bring
 * the most others.
 */
export function coverPairs(sizes: readonly number[]): number[][] {
  const missing = new Map(listPairs(sizes).map((pair) => [toKey(...pair), pair]));
  const rows: number[][] = [];
  for (const pair of missing.values()) {
    const row = fillRow(sizes, pair, missing);
    for (const [index, one] of row.entries())
      for (const other of row.slice(index + 1)) missing.delete(toKey(one, other));
    rows.push(row.map(([, value]) => value));
  }
  return rows;
}

function listPairs(sizes: readonly number[]): [Choice, Choice][] {
  const choices = sizes.flatMap((size, factor) => listChoices(factor, size));
  return choices.flatMap((one) =>
    choices.filter(([factor]) => one[0] < factor).map((other): [Choice, Choice] => [one, other]),
  );
}

function listChoices(factor: number, size: number): Choice[] {
  return Array.from({ length: size }, (_, value): Choice => [factor, value]);
}

function fillRow(
  sizes: readonly number[],
  begun: readonly Choice[],
  missing: ReadonlyMap<string, unknown>,
): Choice[] {
  const row = [...begun];
  for (const [factor, size] of sizes.entries()) {
    if (row.some(([taken]) => taken === factor)) continue;
    const brings = (choice: Choice) => row.filter((other) => missing.has(toKey(choice, other))).length;
    const [best] = listChoices(factor, size).toSorted((a, b) => brings(b) - brings(a));
    if (best) row.push(best);
  }
  return row.toSorted(([a], [b]) => a - b);
}

function toKey(one: Choice, other: Choice): string {
  const [first, second] = one[0] < other[0] ? [one, other] : [other, one];
  return [...first, ...second].join(" ");
}
