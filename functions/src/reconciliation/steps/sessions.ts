import { requireAdapter, requireValue } from "../../adapters/require.ts";
import type { SessionStatus } from "../../contract/codes.ts";
import { applyNews } from "../../news/applyNews.ts";
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
        repair: async () => await checkSession(context, { sessionId: id, provider: read()?.provider }),
      }));
      return { items, end };
    },
  };
}

async function checkSession(
  context: ReconciliationContext,
  { sessionId, provider }: { sessionId: string; provider: string | undefined },
): Promise<boolean> {
  const adapter = await requireAdapter(context, provider);
  const fetched = await adapter.fetchCheckout(sessionId);
  const news = requireValue(fetched, `Cannot fetch session "${sessionId}"`);
  return (await applyNews(context, adapter, news)).changed;
}
