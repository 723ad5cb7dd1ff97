/** A refusal of the control API: its status and a sentence that says what is wrong. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The JSON body of a control request, read field by field. */
export class ControlInput {
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @throws ControlError if the body is not a JSON object, or has a field that is not in `known`. */
  constructor(body: string, known: readonly string[]) {
    this.#fields = parseObject(body);
    const unknown = Object.keys(this.#fields).filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      throw new ControlError(400, `Unknown field "${unknown.join('", "')}": this takes ${known.join(", ")}`);
    }
  }

  readString(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || typeof value === "string") return value;
    throw new ControlError(400, `Invalid "${name}": expected a string`);
  }

  readNumber(name: string): number | undefined {
    const value = this.#fields[name];
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    throw new ControlError(400, `Invalid "${name}": expected a number`);
  }

  readBoolean(name: string): boolean | undefined {
    const value = this.#fields[name];
    if (value === undefined || typeof value === "boolean") return value;
    throw new ControlError(400, `Invalid "${name}": expected true or false`);
  }

  readObject(name: string): object | undefined {
    const value = this.#fields[name];
    if (value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value)))
      return value;
    throw new ControlError(400, `Invalid "${name}": expected a JSON object`);
  }

  /** A whole number of minor units, at least one. */
  readAmount(name: string): number | undefined {
    const value = this.readNumber(name);
    if (value === undefined || (Number.isSafeInteger(value) && value > 0)) return value;
    throw new ControlError(400, `Invalid "${name}": expected a positive whole number`);
  }

  readOneOf<const T extends string | number>(name: string, values: readonly T[]): T | undefined {
    const value = this.#fields[name];
    if (value === undefined) return undefined;
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    throw new ControlError(400, `Invalid "${name}": expected one of ${values.join(", ")}`);
  }

  requireOneOf<const T extends string | number>(name: string, values: readonly T[]): T {
    const value = this.readOneOf(name, values);
    if (value !== undefined) return value;
    throw new ControlError(400, `Missing "${name}": expected one of ${values.join(", ")}`);
  }
}

/** @throws ControlError if the body has a field. */
export function requireEmpty(body: string): void {
  const names = Object.keys(parseObject(body));
  if (names.length > 0) throw new ControlError(400, `Unknown field "${names.join('", "')}": this takes none`);
}

function parseObject(body: string): Readonly<Record<string, unknown>> {
  if (body.trim() === "") return {};
  const value = parseJson(body);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new ControlError(400, "Invalid body: expected a JSON object");
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlError(400, "Invalid body: not JSON");
  }
}
