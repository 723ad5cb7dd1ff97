import type { PaymentAdapter, ProviderResult } from "../adapters/paymentAdapter.ts";
import { requireValue, type ProviderContext } from "../adapters/require.ts";
import type { Left } from "../buyers/documents.ts";
import type { LeftById } from "../buyers/ending.ts";
import { closeAccount } from "../credits/credits.ts";
import type { StoreContext } from "../platform/context.ts";
import { userIdSchema } from "../platform/ids.ts";
import { saveDeletion, saveEnded } from "./db.ts";

/** What a run did for a deleted user, by the provider's ids. */
export interface ForgottenUser {
  userId: string;
  /** What was ended or deleted, or was so before. */
  endedIds: string[];
  /** What was made with other keys, noted in this run: it ends by itself. */
  unreachableIds: string[];
  /** What could not be ended now, and is tried again by the next run. */
  failures: Error[];
}

/**
 * Ends what a deleted Firebase user could still pay or be charged for, and removes what says who they were, here and at
 * the provider. Their payments, sessions and ledger stay for accounting, without credits to spend and under an id that
 * identifies nobody. Nothing waits for anything else: what fails is among the `failures`, and tried again by whoever asks
 * again. It may be stopped anywhere.
 */
export async function forgetUser(
  context: StoreContext & ProviderContext,
  { userId, deletedAt }: { userId: string; deletedAt: Date },
): Promise<ForgottenUser> {
  return await endLeft(context, { userId, deletedAt });
}

/** Goes on with the deletion of a user, if there is one. */
export async function resumeDeletion(
  context: StoreContext & ProviderContext,
  userId: string,
): Promise<ForgottenUser> {
  return await endLeft(context, { userId, deletedAt: undefined });
}

/** Throws what could not be ended. */
export function requireForgotten({ userId, failures }: ForgottenUser): void {
  if (failures.length > 0) throw new AggregateError(failures, `Cannot end all that user "${userId}" left`);
}

async function endLeft(
  context: StoreContext & ProviderContext,
  user: { userId: string; deletedAt: Date | undefined },
): Promise<ForgottenUser> {
  const { userId } = user;
  const forgotten: ForgottenUser = { userId, endedIds: [], unreachableIds: [], failures: [] };
  // Such a user could not buy, and their id could name another user's document.
  if (!userIdSchema.safeParse(userId).success) return forgotten;
  // First, so that the user's token, which lives for up to an hour, buys nothing.
  const left = await saveDeletion(context, user);
  if (!left) return forgotten;
  const unreachable: LeftById = {};
  for (const [id, thing] of toSorted(left)) {
    try {
      if (await isEnded(context, id, thing)) forgotten.endedIds.push(id);
      else unreachable[id] = thing;
    } catch (error) {
      forgotten.failures.push(new Error(`Cannot end ${thing.kind} "${id}"`, { cause: error }));
    }
  }
  try {
    await closeAccount(context, userId);
  } catch (error) {
    forgotten.failures.push(new Error(`Cannot end the credits of "${userId}"`, { cause: error }));
  }
  const { endedIds, failures } = forgotten;
  await saveEnded(context, { userId, endedIds, unreachable, isWhole: failures.length === 0 });
  return { ...forgotten, unreachableIds: Object.keys(unreachable) };
}

/** A checkout that is paid meanwhile makes a subscription, and a customer takes theirs along. */
const turns: Record<Left["kind"], number> = { session: 0, subscription: 1, customer: 2 };

function toSorted(left: LeftById): [string, Left][] {
  return Object.entries(left).toSorted(([, a], [, b]) => turns[a.kind] - turns[b.kind]);
}

const endings: Record<
  Left["kind"],
  (adapter: PaymentAdapter, id: string) => Promise<ProviderResult<void>> | undefined
> = {
  session: (adapter, id) => adapter.expireCheckout?.(id),
  subscription: (adapter, id) => adapter.endSubscription?.(id),
  customer: (adapter, id) => adapter.deleteCustomer?.(id),
};

/**
 * False if it is not there for our keys: it was made with those of another mode or account, or at a provider that is not
 * registered any more. What a provider cannot end is over with its own time.
 */
async function isEnded(
  { adapters }: ProviderContext,
  id: string,
  { kind, provider }: Left,
): Promise<boolean> {
  const adapter = await adapters.readAdapter(provider);
  if (!adapter) return false;
  const ended = await endings[kind](adapter, id);
  if (ended?.outcome === "failed" && ended.failure.kind === "not_found") return false;
  if (ended) requireValue(ended, `Cannot end ${kind} "${id}"`);
  return true;
}
