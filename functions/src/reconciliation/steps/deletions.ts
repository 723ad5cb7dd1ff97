import {
  forgetUser,
  requireForgotten,
  resumeDeletion,
  type ForgottenUser,
} from "../../deletion/forgetUser.ts";
import { askForOwners } from "../../deletion/owners.ts";
import { readPlanOwners, readUnforgottenUsers } from "../db.ts";
import { PAGE_SIZE } from "../pageSize.ts";
import type { Run, Step } from "../step.ts";

/** Deleted users whose data was not completely removed. */
export const deletions: Step = {
  name: "_deletions",
  tally: "deletions",
  async readPage(run, { place }) {
    const { context } = run;
    const { documents, end } = await readUnforgottenUsers(context.db, { limit: PAGE_SIZE, after: place });
    const items = documents.map(({ id, place: after }) => ({
      id,
      place: after,
      repair: async () => tell(run, await resumeDeletion(context, id)),
    }));
    return { items, end };
  },
};

/** Owners of live subscriptions whose accounts were deleted without a trigger, as bulk deletions do. */
export const owners: Step = {
  name: "_owners",
  tally: "deletions",
  async readPage(run, { place }) {
    const { context } = run;
    const { documents, end } = await readPlanOwners(context.db, { limit: PAGE_SIZE, after: place });
    const userIds = documents.map(({ read }) => read());
    const { goneIds, askedAt, unknown } = await askForOwners(context, userIds);
    const gone = goneIds.map((userId) => ({
      id: userId,
      repair: async () => tell(run, await forgetUser(context, { userId, deletedAt: askedAt })),
    }));
    const unanswered = [...unknown].map(([userId, reason]) => ({
      id: userId,
      repair: async () => await Promise.reject<boolean>(reason),
    }));
    const items = [...gone, ...unanswered];
    return { items, passed: new Set(userIds).size - items.length, end };
  },
};

function tell({ onForgotten }: Run, forgotten: ForgottenUser): boolean {
  onForgotten(forgotten);
  requireForgotten(forgotten);
  return true;
}
