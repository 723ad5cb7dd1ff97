import type { z } from "zod";

/** `true` if two types are assignable to each other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/**
 * Checks a schema against a handwritten type of the contract: it does not compile unless the schema's output is exactly
 * that type. Called twice because the type is given but the schema's type is inferred.
 */
export function readsExactly<T>() {
  return <S extends z.ZodType>(schema: Same<z.output<S>, T> extends true ? S : never): S => schema;
}

/** The same for a schema's input, which is what callers may send. */
export function acceptsExactly<T>() {
  return <S extends z.ZodType>(schema: Same<z.input<S>, T> extends true ? S : never): S => schema;
}
