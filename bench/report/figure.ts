import { toRatios, toSpread, type Spread } from "./statistics.ts";

/** One line of the table. */
export interface Figure {
  readonly chapter: string;
  readonly name: string;
  readonly unit: string;
  readonly value: Spread;
  /** What is compared with, measured in the same turns. */
  readonly floor?: { readonly name: string; readonly value: Spread } | undefined;
  /** Value by floor, of the measurements that were taken beside each other. */
  readonly ratio?: Spread | undefined;
  readonly goal?: Goal | undefined;
}

/** What is wanted, of the ratio unless it says that the figure itself is meant. */
export interface Goal {
  readonly of?: "figure";
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly floor?: { readonly name: string; readonly values: readonly number[] } | undefined;
  readonly goal?: Goal | undefined;
}

export function toFigure(chapter: string, { name, unit, values, floor, goal }: Measured): Figure {
  return {
    chapter,
    name,
    unit,
    value: toSpread(values),
    ...(floor && {
      floor: { name: floor.name, value: toSpread(floor.values) },
      ratio: toSpread(toRatios(values, floor.values)),
    }),
    goal,
  };
}
