import type { Expansions, ObjectFields, Resolver } from "../../objects/store/expansions.ts";
import type { Store } from "../../objects/store/store.ts";
import { invalidRequest } from "../../platform/errors.ts";

const MAX_DEPTH = 4;

/** Replaces ids in answers by the objects that they name, if their resource declares the field. */
export class Expander {
  readonly #resolvers = new Map<string, Resolver>();

  constructor(expansions: readonly Expansions[]) {
    for (const [kind, fields] of expansions.flatMap((one) => Object.entries(one))) {
      for (const [name, resolve] of Object.entries(fields)) this.#resolvers.set(toKey(kind, name), resolve);
    }
  }

  /** A copy of the answer in which the fields named by `expand[]` are whole objects. */
  expand(store: Store, answer: object, paths: readonly string[]): object {
    return paths.reduce<object>((value, path) => this.#expandPath(store, value, path), answer);
  }

  #expandPath(store: Store, answer: object, path: string): object {
    const segments = path.split(".");
    if (segments.length > MAX_DEPTH) {
      throw invalidRequest(
        `You cannot expand more than ${MAX_DEPTH} levels of a property. Property: ${path}`,
        { param: "expand" },
      );
    }
    return this.#expandFields(store, answer, { segments, path });
  }

  #expandFields(store: Store, owner: object, { segments, path }: Target): object {
    const [name, ...rest] = segments;
    if (name === undefined) return owner;
    const fields: ObjectFields = { ...owner };
    const kind = typeof fields["object"] === "string" ? fields["object"] : "";
    const resolve = this.#resolvers.get(toKey(kind, name));
    const value = resolve === undefined ? fields[name] : resolve(store, fields, fields[name]);
    if (resolve === undefined && (rest.length === 0 || !isContainer(value))) throw notExpandable(kind, path);
    if (!isContainer(value)) return { ...fields, [name]: value };
    const expand = (inner: object) => this.#expandFields(store, inner, { segments: rest, path });
    return { ...fields, [name]: Array.isArray(value) ? value.map(expand) : expand(value) };
  }
}

interface Target {
  /** What is left of the path below the object at hand. */
  segments: readonly string[];
  path: string;
}

function toKey(kind: string, name: string): string {
  return `${kind} ${name}`;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function notExpandable(kind: string, path: string): Error {
  const hint = kind === "list" ? ` You may want to try expanding 'data.${path}' instead.` : "";
  return invalidRequest(`This property cannot be expanded (${path}).${hint}`, { param: "expand" });
}
