import { forgetUser } from "../../deletion/forgetUser.ts";
import { readUnforgottenUsers } from "../db.ts";
import { PAGE_SIZE } from "../pageSize.ts";
import type { Step } from "../step.ts";

/** Deleted users whose data was not completely removed. */
export const deletions: Step = {
  name: "_deletions",
  tally: "deletions",
  async readPage({ context }, { place }) {
    const { documents, end } = await readUnforgottenUsers(context.db, { limit: PAGE_SIZE, after: place });
    const items = documents.map(({ id, place: after }) => ({
      id,
      place: after,
      async repair() {
        await forgetUser(context, id);
        return true;
      },
    }));
    return { items, end };
  },
};
