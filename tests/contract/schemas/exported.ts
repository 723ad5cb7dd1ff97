import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { rooms } from "../../../oxlint.config.ts";
import { instant } from "../../../functions/src/platform/instant.ts";

const src = join(import.meta.dirname, "../../../functions/src");
const moduleSchema = z.record(z.string(), z.unknown());

/** Every zod schema that a file of a room exports, by name. */
export async function readExportedSchemas(): Promise<Map<string, z.ZodType>> {
  const found = new Map<string, z.ZodType>();
  for (const file of globSync(`{${rooms.join(",")}}/**/*.ts`, { cwd: src })) {
    if (file.endsWith(".test.ts")) continue;
    const loaded: unknown = await import(pathToFileURL(join(src, file)).href);
    for (const [name, value] of Object.entries(moduleSchema.parse({ ...Object(loaded) }))) {
      if (!(value instanceof z.ZodType)) continue;
      if (found.has(name) && found.get(name) !== value)
        throw new Error(`Cannot tell schemas apart: "${name}" is exported twice`);
      found.set(name, value);
    }
  }
  return found;
}

/** What a schema accepts, as JSON Schema. Dates become `{}`: JSON Schema has none. */
export function toAccepted(schema: z.ZodType): unknown {
  return toSorted(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

/** The fields in which a schema accepts a date; `*` stands for any key of a record. */
export function readDates(schema: z.ZodType): string[] {
  const marked = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === instant || zodSchema instanceof z.ZodDate) jsonSchema["isDate"] = true;
    },
  });
  return [...new Set(findDates(marked, []))];
}

function findDates(node: unknown, path: readonly string[]): string[] {
  if (typeof node !== "object" || node === null) return [];
  if ("isDate" in node) return [path.join(".")];
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => findBelow(key, value, path));
}

function findBelow(key: string, value: unknown, path: readonly string[]): string[] {
  switch (key) {
    case "properties":
      return Object.entries(Object(value)).flatMap(([name, field]) => findDates(field, [...path, name]));
    case "additionalProperties":
      return findDates(value, [...path, "*"]);
    default:
      return findDates(value, path);
  }
}

/** The order of required fields says nothing. */
function toSorted(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toSorted);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]: [string, unknown]) => [
      key,
      key === "required" && Array.isArray(value)
        ? value.map(String).toSorted((a, b) => a.localeCompare(b))
        : toSorted(value),
    ]),
  );
}
