import { toPaymentWritten } from "../../tests/kit/hosting/requests.ts";
import { send } from "../../tests/kit/hosting/send.ts";
import { runBurst } from "../load.ts";
import { toFigure, type Figure } from "../report/figure.ts";
import type { Purchase, Shop } from "../shop.ts";
import type { Backend } from "../backend/backend.ts";

const CREDITS = 100;
const MAX_DELIVERIES = 20;

/** Purchases that all happen at once: how many a second, how often the platform had to call again, and whether all arrived. */
export async function measureContention(
  backend: Backend,
  shop: Shop,
  { purchases, users }: { purchases: number; users: number },
): Promise<Figure[]> {
  // A customer at the provider, as whoever bought before.
  await shop.buy("one_user");
  const oneUser = Array.from({ length: purchases }, () => "one_user");
  const manyUsers = Array.from({ length: users }, (_, index) => `user_${index}`);
  return [
    ...(await measureRush(backend, shop, {
      name: `one user buying ${purchases} times at once`,
      uids: oneUser,
    })),
    ...(await measureRush(backend, shop, { name: `${users} users buying at once`, uids: manyUsers })),
  ];
}

interface Rush {
  readonly name: string;
  /** The buyer of each purchase. */
  readonly uids: readonly string[];
}

async function measureRush(backend: Backend, shop: Shop, { name, uids }: Rush): Promise<Figure[]> {
  const before = await readBalances(backend, uids);
  const sessions: { uid: string; sessionId: string }[] = [];
  const opened = await rush(uids, async (uid) => {
    sessions.push({ uid, sessionId: (await shop.open(uid)).sessionId });
  });
  const bought: Purchase[] = await shop.payAll(sessions);
  const delivered = await rush(bought, async ({ event }) => await shop.deliver(event));
  let calledAgain = 0;
  const booked = await rush(bought, async ({ paymentId }) => {
    calledAgain += await bookUntilDone(backend, shop, paymentId);
  });
  const lost = await countLost(backend, bought, before);
  const toRow = (what: string, unit: string, value: number, goal?: Figure["goal"]): Figure =>
    toFigure("Contention", { name: `${name}: ${what}`, unit, values: [value], goal });
  return [
    toRow("sessions opened", "/s", opened),
    toRow("webhooks", "/s", delivered),
    toRow("bookings", "/s", booked),
    toRow("triggers called again", "times", calledAgain),
    toRow("credits lost or doubled", "users", lost, { of: "figure", atMost: 0 }),
  ];
}

/** All at once, as far as the machine's sockets go. */
async function rush<T>(work: readonly T[], run: (piece: T) => Promise<void>): Promise<number> {
  return (await runBurst(work, { atOnce: Math.min(work.length, 200) }, run)).perSecond;
}

/** Calls the trigger until it succeeds, as Eventarc does; how often it had to be called again. */
async function bookUntilDone({ projectId }: Backend, { trigger }: Shop, paymentId: string): Promise<number> {
  for (let deliveries = 0; deliveries < MAX_DELIVERIES; deliveries += 1) {
    const answer = await send(trigger.url, toPaymentWritten(paymentId, projectId));
    if (answer.status === 204) return deliveries;
  }
  throw new Error(`Cannot book payment "${paymentId}": refused ${MAX_DELIVERIES} times`);
}

/** Users whose credits did not grow by those of their purchases, or whose ledger not by one entry for each. */
async function countLost(
  backend: Backend,
  bought: readonly Purchase[],
  before: ReadonlyMap<string, Balance>,
): Promise<number> {
  const purchases = Map.groupBy(bought, ({ uid }) => uid);
  const after = await readBalances(backend, [...purchases.keys()]);
  const wrong = [...purchases].filter(([uid, { length }]) => {
    const [then, now] = [before.get(uid), after.get(uid)];
    if (!then || !now) return true;
    return now.credits - then.credits !== length * CREDITS || now.entries - then.entries !== length;
  });
  return wrong.length;
}

interface Balance {
  readonly credits: number;
  readonly entries: number;
}

async function readBalances({ db }: Backend, uids: readonly string[]): Promise<Map<string, Balance>> {
  const balances = new Map<string, Balance>();
  for (const uid of new Set(uids)) {
    const account = db.doc(`subscriptions/${uid}`);
    const [subscription, entries] = await Promise.all([
      account.get(),
      account.collection("entries").count().get(),
    ]);
    const credits: unknown = subscription.get("availableCredits") ?? 0;
    balances.set(uid, { credits: Number(credits), entries: entries.data().count });
  }
  return balances;
}
