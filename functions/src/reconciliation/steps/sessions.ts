import { requireAdapter, requireValue } from "../../adapters/require.ts";
import { readBuyer } from "../../buyers/db.ts";
import type { SessionStatus } from "../../contract/codes.ts";
import { applyNews } from "../../news/applyNews.ts";
import { newsWithLater } from "../../news/later.ts";
import { expireUnread } from "../../payments/applyFacts.ts";
import type { PaymentSession } from "../../payments/documents.ts";
import { readOverdueSessions } from "../db.ts";
import { PAGE_SIZE } from "../pageSize.ts";
import type { ReconciliationContext, Step } from "../step.ts";

/** Sessions that should be over by now. */
export const sessions: readonly Step[] = [toSessionStep("created"), toSessionStep("processing")];

function toSessionStep(status: SessionStatus): Step {
  return {
    name: `_sessions_${status}`,
    tally: "sessions",
    async readPage({ context, startedAt: now }, { place }) {
      const wanted = { status, now, limit: PAGE_SIZE, after: place };
      const { documents, end } = await readOverdueSessions(context.db, wanted);
      const items = documents.map(({ id, place: after, read }) => ({
        id,
        place: after,
        repair: async () => await checkSession(context, { sessionId: id, session: read() }),
      }));
      return { items, end };
    },
  };
}

async function checkSession(
  context: ReconciliationContext,
  { sessionId, session }: { sessionId: string; session: PaymentSession | undefined },
): Promise<boolean> {
  const { provider, userId } = session ?? {};
  const adapter = await requireAdapter(context, provider);
  const fetched = await adapter.fetchCheckout(sessionId);
  if (fetched.outcome === "failed" && fetched.failure.kind === "not_found") {
    // One of other keys, of a user who was deleted, is over by now, and nobody is told of it again.
    if (userId !== undefined && (await readBuyer(context.db, userId)).unreachable[sessionId])
      return await expireUnread(context, sessionId);
  }
  const news = requireValue(fetched, `Cannot fetch session "${sessionId}"`);
  return (await applyNews(context, adapter, await newsWithLater(context, adapter, news))).changed;
}
