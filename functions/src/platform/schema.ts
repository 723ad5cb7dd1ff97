import type { z } from "zod";

/** `true` if two types say the same, in both directions. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/**
 * Holds a schema to a type of the contract, which is written by hand: it does not compile unless the schema reads exactly
 * that. Called twice, since the type is named and the schema inferred.
 */
export function readsExactly<T>() {
  return <S extends z.ZodType>(schema: Same<z.output<S>, T> extends true ? S : never): S => schema;
}

/** The same for what callers may send. */
export function acceptsExactly<T>() {
  return <S extends z.ZodType>(schema: Same<z.input<S>, T> extends true ? S : never): S => schema;
}
