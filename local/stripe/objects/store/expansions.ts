import type { Store } from "./store.ts";

export type ObjectFields = Readonly<Record<string, unknown>>;

/** Finds what a field of an object refers to; answers the value itself if there is nothing to find. */
export type Resolver = (store: Store, owner: ObjectFields, value: unknown) => unknown;

/**
 * The expandable fields of a resource's objects, as Stripe documents them: by the kind of object (its `object`), then by
 * the field. Under "" are the fields in which parts without a kind refer to the resource: `promotion.coupon`, `parent`
 * of an invoice, `pricing` of a line.
 */
export type Expansions = Readonly<Record<string, Readonly<Record<string, Resolver>>>>;

type CollectionName = {
  [K in keyof Store]: Store[K] extends { read: (id: string) => unknown } ? K : never;
}[keyof Store];

/** A field that holds the id of an object in a collection. */
export function reference(name: CollectionName): Resolver {
  return (store, _owner, value) => (typeof value === "string" ? (store[name].read(value) ?? value) : value);
}

/** A field that Stripe can expand and this server never sets. */
export const unset: Resolver = (_store, _owner, value) => value;
