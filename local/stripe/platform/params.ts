import { invalidRequest, unknownParameters } from "./errors.ts";

/** Turns a form value into a typed one, or refuses it as Stripe does. */
export interface Param<T> {
  /** Names of the parameters inside, for the list in the README: `[interval]`, or nothing for a plain value. */
  inner: readonly string[];
  decode(value: FormValue, path: string): T;
}

export type Fields = Readonly<Record<string, Param<unknown>>>;
/** What `object(fields)` decodes to: every field is optional, and the caller checks which are present. */
export type Decoded<F extends Fields> = { readonly [K in keyof F]?: ReturnType<F[K]["decode"]> };

function plain<T>(decode: (text: string, path: string) => T, options: { empty?: boolean } = {}): Param<T> {
  return {
    inner: [],
    decode(value, path) {
      if (typeof value !== "string") throw invalidRequest(`Invalid value for ${path}`, { param: path });
      if (value === "" && options.empty !== true) throw emptyValue(path);
      return decode(value, path);
    },
  };
}

function emptyValue(path: string): Error {
  return invalidRequest(
    `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; ` +
      `however '${path}' cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
    { code: "parameter_invalid_empty", param: path },
  );
}

export function string(maxLength = 5000): Param<string> {
  return plain((text, param) => {
    if (text.length <= maxLength) return text;
    throw invalidRequest(`Invalid string: ${text.slice(0, 20)}…; must be at most ${maxLength} characters`, {
      param,
    });
  });
}

export const boolean: Param<boolean> = plain((text, param) => {
  if (text === "true" || text === "false") return text === "true";
  throw invalidRequest(`Invalid boolean: ${text}`, { param });
});

export function integer(range: { min?: number; max?: number } = {}): Param<number> {
  return plain((text, param) => {
    const number = Number(text);
    if (!/^-?\d{1,15}$/.test(text)) {
      throw invalidRequest(`Invalid integer: ${text}`, { code: "parameter_invalid_integer", param });
    }
    if (range.min !== undefined && number < range.min) {
      throw invalidRequest(`This value must be greater than or equal to ${range.min}.`, { param });
    }
    if (range.max !== undefined && number > range.max) {
      throw invalidRequest(`This value must be less than or equal to ${range.max}.`, { param });
    }
    return number;
  });
}

/** A whole number, or one of these words. */
export function integerOr<const T extends string>(...words: readonly T[]): Param<number | T> {
  const number = integer();
  return {
    inner: [],
    decode: (value, path) => words.find((word) => word === value) ?? number.decode(value, path),
  };
}

export const decimal: Param<number> = plain((text, param) => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw invalidRequest(`Invalid decimal: ${text}`, { param });
});

export function oneOf<const T extends string>(...values: readonly T[]): Param<T> {
  return plain((text, param) => {
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    throw invalidRequest(`Invalid ${param}: must be one of ${values.join(", ")}`, { param });
  });
}

export const url: Param<string> = plain((text, param) => {
  // Stripe's template is not valid in a URL, so the URL is checked without it.
  const parsed = URL.parse(text.replaceAll("{CHECKOUT_SESSION_ID}", "cs"));
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return text;
  throw invalidRequest("Not a valid URL", { code: "url_invalid", param });
});

export const email: Param<string> = plain((text, param) => {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 512) return text;
  throw invalidRequest(`Invalid email address: ${text}`, { code: "email_invalid", param });
});

/** A parameter that may be unset: the empty string decodes to null. */
export function emptyable<T>(param: Param<T>): Param<T | null> {
  return { inner: param.inner, decode: (value, path) => (value === "" ? null : param.decode(value, path)) };
}

export function object<F extends Fields>(fields: F): Param<Decoded<F>> {
  const inner = Object.entries(fields).flatMap(([name, field]) =>
    field.inner.length === 0 ? [`[${name}]`] : field.inner.map((rest) => `[${name}]${rest}`),
  );
  return {
    inner,
    decode(value, path) {
      if (typeof value === "string") throw invalidRequest("Invalid object", { param: path });
      return decodeFields(fields, value, path);
    },
  };
}

export function list<T>(entry: Param<T>, range: { max: number } = { max: 100 }): Param<readonly T[]> {
  return {
    inner: (entry.inner.length === 0 ? [""] : entry.inner).map((rest) => `[]${rest}`),
    decode(value, path) {
      if (typeof value === "string" || [...value.keys()].some((key) => !/^\d+$/.test(key))) {
        throw invalidRequest("Invalid array", { param: path });
      }
      if (value.size > range.max)
        throw invalidRequest(`Array too long: at most ${range.max}`, { param: path });
      const entries = [...value].toSorted(([a], [b]) => Number(a) - Number(b));
      return entries.map(([key, inner]) => entry.decode(inner, `${path}[${key}]`));
    },
  };
}

/** Decodes fields of a form and refuses every other name in it. `path` is "" at the top. */
export function decodeFields<F extends Fields>(fields: F, form: Form, path = ""): Decoded<F> {
  const [first, ...others] = [...form.keys()].filter((name) => !Object.hasOwn(fields, name));
  if (first !== undefined)
    throw unknownParameters([join(path, first), ...others.map((name) => join(path, name))]);
  const entries = Object.entries(fields).flatMap(([name, field]) => {
    const value = form.get(name);
    return value === undefined ? [] : [[name, field.decode(value, join(path, name))] as const];
  });
  const decoded = Object.fromEntries(entries);
  if (!isDecoded(fields, decoded)) throw new Error("Cannot decode a form: a field is not declared");
  return decoded;
}

/** Turns names that are known only at run time into the typed object; no other place does. */
function isDecoded<F extends Fields>(fields: F, value: object): value is Decoded<F> {
  return Object.keys(value).every((name) => Object.hasOwn(fields, name));
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}[${name}]`;
}

/** A decoded form: `a[b]=1` is a map in a map; list entries are keyed by their index. */
export type Form = Map<string, FormValue>;

export type FormValue = string | Form;
