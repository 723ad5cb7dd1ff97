import type { ReadUserInput, ReadUserResult, StoredDocument } from "../../contract/admin.ts";
import type { StoreContext } from "../../platform/context.ts";
import {
  readBesidePayments,
  readCauses,
  readHeads,
  readListPage,
  readOpenEvents,
  type ListName,
  type ListPage,
} from "./db.ts";

const LIST_SIZE = 20;
export const MAX_LIST_SIZE = 100;
/** Of each state. Few events fail, and each may have a long text. */
const EVENTS_READ = 100;

const listNames = ["payments", "sessions", "plans", "grants", "entries", "holds"] as const;

/**
 * A user with everything that concerns them, as it is stored: what somebody looks for may be just what cannot be read as it
 * should. Changes nothing.
 */
export async function readUser(
  { db }: Pick<StoreContext, "db">,
  { userId, limit = LIST_SIZE, cursor }: ReadUserInput,
): Promise<ReadUserResult> {
  const wanted = listNames.filter((list) => !cursor || cursor[list] !== undefined);
  const readPage = async (list: ListName) =>
    [list, await readListPage(db, { userId, list, limit, after: cursor?.[list] })] as const;
  const [heads, open, read] = await Promise.all([
    readHeads(db, userId),
    readOpenEvents(db, EVENTS_READ),
    Promise.all(wanted.map(readPage)),
  ]);
  const pages = new Map<ListName, ListPage>(read);
  const documentsOf = (list: ListName): StoredDocument[] => pages.get(list)?.documents ?? [];
  const payments = documentsOf("payments");
  const { facts, waiting } = await readBesidePayments(
    db,
    payments.map(({ id }) => id),
  );
  const entries = documentsOf("entries");
  const causes = await readCauses(db, { userId, keys: entries.map(({ id }) => id) });
  const lists = {
    payments: payments.map((payment, index) => withPrivate(payment, facts[index])),
    sessions: documentsOf("sessions"),
    plans: documentsOf("plans"),
    grants: documentsOf("grants"),
    entries: entries.map((entry, index) => withPrivate(entry, causes[index])),
    holds: documentsOf("holds"),
  };
  const names = toNames(userId, [...payments, ...lists.sessions, ...lists.plans, ...toList(heads.buyer)]);
  const events = open.events.filter(({ payload }) => names.some((name) => payload.includes(name)));
  const next = read.flatMap(([list, { last }]) => (last === undefined ? [] : [[list, last] as const]));
  return {
    userId,
    ...heads,
    ...lists,
    waiting,
    events: events.map(({ stored }) => stored),
    areEventsComplete: open.areAll,
    next: next.length > 0 ? Object.fromEntries(next) : null,
  };
}

function toList<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}

function withPrivate(document: StoredDocument, hidden: StoredDocument | undefined): StoredDocument {
  return hidden ? { ...document, private: { [hidden.id]: hidden.data } } : document;
}

/** What an event's text may say of a user, in the quotes of JSON: their id, and the provider's ids of what is theirs. */
function toNames(userId: string, documents: readonly StoredDocument[]): string[] {
  const ids = documents.flatMap(({ id, data }) => [id, ...toKeys(id, data), ...toCustomerIds(data)]);
  return [...new Set([userId, ...ids])].map((id) => JSON.stringify(id));
}

/** The provider's own id of what we name `{provider}_{id}`. */
function toKeys(id: string, { provider }: StoredDocument["data"]): string[] {
  const prefix = `${String(provider)}_`;
  return id.startsWith(prefix) ? [id.slice(prefix.length)] : [];
}

function toCustomerIds({ providers }: StoredDocument["data"]): string[] {
  if (typeof providers !== "object" || providers === null) return [];
  return Object.values(providers).flatMap((customer: unknown) => {
    const isCustomer = typeof customer === "object" && customer !== null && "customerId" in customer;
    return isCustomer && typeof customer.customerId === "string" ? [customer.customerId] : [];
  });
}
