import { invalidRequest } from "../../platform/errors.ts";
import type { Form, FormValue } from "../../platform/params.ts";

const MAX_PAIRS = 2000;
const MAX_DEPTH = 10;

/**
 * Decodes `application/x-www-form-urlencoded` text with the bracket notation of Stripe's API
 * (`items[0][price]=x`, `metadata[key]=y`, `expand[]=z`).
 *
 * @throws ApiError 400 for a name that cannot be read.
 */
export function decodeForm(text: string): Form {
  const form: Form = new Map();
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > MAX_PAIRS) throw invalidRequest(`Too many parameters: ${pairs.length}`);
  for (const [name, value] of pairs) assign(form, splitName(name), value);
  return form;
}

function splitName(name: string): readonly string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  const head = match?.[1];
  if (head === undefined) throw invalidRequest(`Invalid parameter name: ${name}`);
  const rest = match?.[2] ?? "";
  const segments = [head, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, segment = ""]) => segment)];
  if (segments.length > MAX_DEPTH) throw invalidRequest(`Parameter nested too deeply: ${name}`);
  return segments;
}

function assign(form: Form, segments: readonly string[], value: string): void {
  let target = form;
  segments.forEach((segment, index) => {
    const key = segment === "" ? String(target.size) : segment;
    if (index === segments.length - 1) {
      target.set(key, value);
      return;
    }
    const existing = target.get(key);
    const next: Form = existing instanceof Map ? existing : new Map();
    target.set(key, next);
    target = next;
  });
}

/** The form as text that does not depend on the order in which parameters were sent. */
export function canonicalForm(value: FormValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  const entries = [...value].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalForm(inner)}`).join(",")}}`;
}

/** Every value of the form, whatever its depth. */
export function* formValues(value: FormValue): Generator<string> {
  if (typeof value === "string") yield value;
  else for (const inner of value.values()) yield* formValues(inner);
}
