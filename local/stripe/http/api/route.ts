import type { Expansions } from "../../objects/store/expansions.ts";
import type { Context } from "../../operations/context/context.ts";
import { decodeFields, list, string, type Decoded, type Fields, type Form } from "../../platform/params.ts";

/** A request whose parameters were accepted and that is ready to run. */
export interface Execution {
  expand: readonly string[];
  run(context: Context, ids: { id: string; ownerId: string }): object;
}

/** One route of the API. `:id` in the path stands for an object's id, `:owner` for that of the object it belongs to. */
export interface Route {
  method: "GET" | "POST" | "DELETE";
  path: string;
  /** Every parameter the route takes, as Stripe writes them: `recurring[interval]`. */
  parameters: readonly string[];
  /** Decodes the parameters; throws an `ApiError` before anything is executed. */
  prepare(form: Form): Execution;
}

/** A resource of the API: its routes, and what can be expanded in its objects. */
export interface Resource {
  routes: readonly Route[];
  expansions: readonly Expansions[];
}

/** Declares a route: its parameters are exactly `fields` and `expand`. */
export function route<F extends Fields>(
  method: Route["method"],
  path: string,
  fields: F,
  handle: (context: Context, params: Decoded<F>, id: string, ownerId: string) => object,
): Route {
  const named = Object.entries({ ...fields, expand: expandParam });
  return {
    method,
    path,
    parameters: named.flatMap(([name, { inner }]) =>
      inner.length === 0 ? [name] : inner.map((rest) => name + rest),
    ),
    prepare(form) {
      const { expand = [] } = decodeFields(
        { expand: expandParam },
        pick(form, (name) => name === "expand"),
      );
      const params = decodeFields(
        fields,
        pick(form, (name) => name !== "expand"),
      );
      return { expand, run: (context, { id, ownerId }) => handle(context, params, id, ownerId) };
    },
  };
}

const expandParam = list(string());

function pick(form: Form, wanted: (name: string) => boolean): Form {
  return new Map([...form].filter(([name]) => wanted(name)));
}
