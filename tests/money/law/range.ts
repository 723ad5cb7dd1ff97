import type { Range } from "./types.ts";

export const nothing: Range = { least: 0, most: 0 };

export function exactly(credits: number): Range {
  return { least: credits, most: credits };
}

export function add(a: Range, b: Range): Range {
  return { least: a.least + b.least, most: a.most + b.most };
}

/** `factor` is not negative. */
export function scale({ least, most }: Range, factor: number): Range {
  return { least: least * factor, most: most * factor };
}

/** The smallest range with both in it. */
export function join(a: Range, b: Range): Range {
  return { least: Math.min(a.least, b.least), most: Math.max(a.most, b.most) };
}

export function negate({ least, most }: Range): Range {
  return { least: -most, most: -least };
}
