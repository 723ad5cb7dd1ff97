import { readDueWaiting } from "../../credits/waiting/db.ts";
import { settlePayment, settleWaiting } from "../../credits/waiting/settlePayment.ts";
import type { Listed } from "../../platform/reading/page.ts";
import { readChangedPayments } from "../db.ts";
import { PAGE_SIZE } from "../pageSize.ts";
import type { Item, Run, Step } from "../step.ts";

/** Payments whose credits could not be booked a day ago. */
export const waitingCredits: Step = {
  name: "_waiting",
  tally: "credits",
  async readPage(run, { place }) {
    const { context, startedAt: now } = run;
    const { documents, end } = await readDueWaiting(context.db, { now, limit: PAGE_SIZE, after: place });
    return { items: documents.map((payment) => toItem(run, payment, settleWaiting)), end };
  },
};

/** Payments whose credits a trigger should have booked. */
export const changedPayments: Step = {
  name: "_credits",
  tally: "credits",
  async readPage(run, { since, place }) {
    const wanted = { since, limit: PAGE_SIZE, after: place };
    const { documents, end } = await readChangedPayments(run.context.db, wanted);
    return { items: documents.map((payment) => toItem(run, payment, settlePayment)), end };
  },
  isKept: (error) => error instanceof WaitingError,
};

/** The payment waits by itself. */
class WaitingError extends Error {
  override readonly name = "WaitingError";
}

function toItem({ context }: Run, { id, place }: Listed<unknown>, settle: typeof settlePayment): Item {
  return {
    id,
    place,
    async repair() {
      const settled = await settle(context, id);
      if (settled.outcome === "waiting" && settled.isNew) throw new WaitingError(settled.reason);
      return settled.outcome === "booked";
    },
  };
}
