import type { Buyer, Left } from "./documents.ts";

/** What a user's account leaves at providers, by the provider's id. */
export type LeftById = Record<string, Left>;

/** What the account of a buyer could still pay or be charged for, and what the provider knows of them. */
export function toLeft({ providers, openSessions, plans = {} }: Partial<Buyer>): LeftById {
  return Object.fromEntries([
    ...Object.entries(openSessions ?? {}).map(
      ([id, { provider }]) => [id, { kind: "session", provider }] as const,
    ),
    ...Object.values(plans).map(
      ({ provider, subscriptionId }) => [subscriptionId, { kind: "subscription", provider }] as const,
    ),
    ...Object.entries(providers ?? {}).map(
      ([provider, { customerId }]) => [customerId, { kind: "customer", provider }] as const,
    ),
  ]);
}

/** What the deletion of a user does not know yet. */
export function toUnknown({ ending, unreachable }: Buyer, left: LeftById): LeftById {
  const isKnown = (id: string) => Object.hasOwn(ending, id) || Object.hasOwn(unreachable, id);
  return Object.fromEntries(Object.entries(left).filter(([id]) => !isKnown(id)));
}

/** The fields by which the deletion of a user ends this, too; none if it knows it already. */
export function toEndingFields(buyer: Buyer, left: LeftById): Partial<Pick<Buyer, "ending" | "forgottenAt">> {
  const unknown = toUnknown(buyer, left);
  if (Object.keys(unknown).length === 0) return {};
  return { ending: { ...buyer.ending, ...unknown }, forgottenAt: null };
}

/** The same for what the provider has just told of: our keys reach it now, whether they did before or not. */
export function toReachedFields(
  buyer: Buyer,
  reached: LeftById,
): Partial<Pick<Buyer, "ending" | "forgottenAt" | "unreachable">> {
  const others = Object.entries(buyer.unreachable).filter(([id]) => !Object.hasOwn(reached, id));
  const unreachable = Object.fromEntries(others);
  const fields = toEndingFields({ ...buyer, unreachable }, reached);
  return fields.ending ? { ...fields, unreachable } : {};
}

/**
 * Whether a plan goes on for an account that is gone: there is no other one, or the plan or the customer who pays it is what
 * that one left, which may have been out of reach until now.
 */
export function isOfDeleted(
  { deletedAt, ending, unreachable }: Buyer,
  { subscriptionId, customerId }: { subscriptionId: string; customerId: string | null },
): boolean {
  const isLeft = (id: string) => Object.hasOwn(ending, id) || Object.hasOwn(unreachable, id);
  return deletedAt !== null || isLeft(subscriptionId) || (customerId !== null && isLeft(customerId));
}
