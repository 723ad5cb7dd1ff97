import { requireAdapter } from "../../adapters/require.ts";
import { readDueEvents } from "../../inbox/db.ts";
import { redrive } from "../../webhooks/redrive.ts";
import { PAGE_SIZE } from "../pageSize.ts";
import { tell, type Step } from "../step.ts";

/** Failed events whose next attempt is due. */
export const inbox: Step = {
  name: "_inbox",
  tally: "inbox",
  async readPage(run, { place }) {
    const { context, startedAt: now } = run;
    const { documents, end } = await readDueEvents(context.db, { now, limit: PAGE_SIZE, after: place });
    const items = documents.map(({ id, place: after, read }) => ({
      id,
      place: after,
      async repair() {
        const entry = read();
        if (!entry) return false;
        tell(run, await redrive(context, await requireAdapter(context, entry.provider), entry));
        return true;
      },
    }));
    return { items, end };
  },
};
