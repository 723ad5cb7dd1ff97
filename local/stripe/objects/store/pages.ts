import type { Stripe } from "stripe";
import { exclusiveParameters, missingObject } from "../../platform/errors.ts";
import type { Collection } from "./collection.ts";
import type { CreatedRange } from "./rows.ts";

/** Which part of a list is asked for. */
export interface PageParams {
  limit?: number;
  starting_after?: string;
  ending_before?: string;
}

const DEFAULT_LIMIT = 10;

/** Answers a list request from a collection. `noun` names its objects in "No such …". */
export function listPage<T extends { id: string; created: number }, I extends string>(
  collection: Collection<T, I>,
  params: PageParams & { created?: CreatedRange },
  options: {
    url: string;
    noun: string;
    index?: { name: I; values: readonly string[] } | undefined;
    where?: ((value: T) => boolean) | undefined;
  },
): Stripe.ApiList<T> {
  const position = (id: string | undefined, param: string) => {
    if (id === undefined) return undefined;
    const found = collection.position(id);
    if (found === undefined) throw missingObject(options.noun, id, param);
    return found;
  };
  requireOneCursor(params);
  const { data, hasMore } = collection.page({
    limit: params.limit ?? DEFAULT_LIMIT,
    index: options.index,
    where: options.where,
    created: params.created,
    after: position(params.starting_after, "starting_after"),
    before: position(params.ending_before, "ending_before"),
  });
  return { object: "list", data, has_more: hasMore, url: options.url };
}

/** Answers a list request from a short list that is already in its order. */
export function listSlice<T extends { id: string }>(
  values: readonly T[],
  params: PageParams,
  options: { url: string; noun: string },
): Stripe.ApiList<T> {
  requireOneCursor(params);
  const { limit = DEFAULT_LIMIT, starting_after: after, ending_before: before } = params;
  const place = (id: string, param: string) => {
    const found = values.findIndex((value) => value.id === id);
    if (found === -1) throw missingObject(options.noun, id, param);
    return found;
  };
  const start = after === undefined ? 0 : place(after, "starting_after") + 1;
  const end = before === undefined ? values.length : place(before, "ending_before");
  const data =
    before === undefined ? values.slice(start, start + limit) : values.slice(Math.max(0, end - limit), end);
  return { object: "list", data, has_more: end - start > limit, url: options.url };
}

function requireOneCursor({ starting_after, ending_before }: PageParams): void {
  if (starting_after !== undefined && ending_before !== undefined) {
    throw exclusiveParameters("starting_after", "ending_before");
  }
}
