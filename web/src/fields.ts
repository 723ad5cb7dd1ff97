import { Timestamp } from "firebase/firestore";

/** A document's data before it is checked. */
export type Fields = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === "string";
const isWhole = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value);
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";
const isMoment = (value: unknown): value is Timestamp => value instanceof Timestamp;
const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !isList(value);

export const readText = (fields: Fields, name: string): string => read(fields, name, isText);
export const readWhole = (fields: Fields, name: string): number => read(fields, name, isWhole);
export const readFlag = (fields: Fields, name: string): boolean => read(fields, name, isFlag);
export const readMoment = (fields: Fields, name: string): Date => read(fields, name, isMoment).toDate();
export const readFields = (fields: Fields, name: string): Fields => read(fields, name, isFields);
export const readTexts = (fields: Fields, name: string): string[] =>
  read(fields, name, isList).filter((item) => isText(item));

/** The field as `readField` reads it, or null if it is null. */
export function readNullable<Value>(
  fields: Fields,
  name: string,
  readField: (fields: Fields, name: string) => Value,
): Value | null {
  return fields[name] === null ? null : readField(fields, name);
}

function read<Value>(fields: Fields, name: string, is: (value: unknown) => value is Value): Value {
  const value = fields[name];
  if (is(value)) return value;
  throw new Error(`Cannot read field "${name}": ${JSON.stringify(value)}`);
}

/** What was read. An unreadable document fails like an unreachable one, and the console says why. */
export function orFailed<Value>(readDocuments: () => Value): Value | "failed" {
  try {
    return readDocuments();
  } catch (error) {
    return failed(error);
  }
}

export function failed(error: unknown): "failed" {
  console.error(error);
  return "failed";
}
