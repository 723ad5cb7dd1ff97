import * as z from "zod";
import type { MigrateInput, MigrateResult } from "../contract/admin.ts";
import { moveGift } from "../credits/db.ts";
import { movePayment } from "../payments/move.ts";
import type { StoreContext } from "../platform/context.ts";
import { DocumentError } from "../platform/errors.ts";
import { requireInput } from "../platform/input.ts";
import { readIdsAfter, readOldGifts } from "./db.ts";

/** A stage, and the id after which it goes on. */
const cursorPattern = /^(payments|accounts):((?!\.{1,2}$)(?!__.*__$)[^/]{0,200})$/s;

const PAGE_SIZE = 200;

/** Of the action `migrate`. */
export const migrateShape = {
  cursor: z
    .string()
    .regex(cursorPattern, "Expected the cursor of a migration")
    .refine((text) => text.isWellFormed(), "Expected Unicode")
    .optional(),
  limit: z.int().min(1).max(1_000).optional(),
};

const migrateInput = z.strictObject(migrateShape);

/**
 * Moves documents of earlier versions to the present shape, a page at a time, all payments before all accounts. It may be
 * stopped anywhere and run again, from any cursor or from the start, also while others write: what has moved stays as it is.
 */
export async function migrate(context: StoreContext, input: MigrateInput): Promise<MigrateResult> {
  const { cursor = "payments:", limit = PAGE_SIZE } = requireInput(migrateInput, input);
  const [, stage, after = ""] = cursorPattern.exec(cursor) ?? [];
  const kind = stage === "accounts" ? "accounts" : "payments";
  const { ids, last } = await readIdsAfter(context.db, { kind, after, limit });
  const next = last === undefined ? nextStage[kind] : `${kind}:${last}`;
  const page: MigrateResult = {
    payments: { seen: 0, moved: 0 },
    accounts: { seen: 0, moved: 0 },
    failed: [],
    next,
  };
  for (const id of ids) {
    page[kind].seen += 1;
    await movers[kind](context, id, page);
  }
  return page;
}

const nextStage = { payments: "accounts:", accounts: null } as const;

/** Each moves what there is of one id, and notes it in the page. */
const movers = { payments: moveOnePayment, accounts: moveGifts } as const;

async function moveOnePayment(context: StoreContext, paymentId: string, page: MigrateResult): Promise<void> {
  const isMoved = await tryMove(paymentId, page, async () => await movePayment(context, paymentId));
  if (isMoved) page.payments.moved += 1;
}

async function moveGifts({ db, now }: StoreContext, userId: string, page: MigrateResult): Promise<void> {
  for await (const gifts of readOldGifts(db, userId)) {
    for (const gift of gifts) {
      const isMoved = await tryMove(gift.path, page, async () => await moveGift(db, gift, now()));
      if (isMoved) page.accounts.moved += 1;
    }
  }
}

/** What cannot be read is reported, so that it keeps nothing else from being moved. */
async function tryMove(
  id: string,
  { failed }: MigrateResult,
  move: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await move();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    failed.push({ id, reason: error.message });
    return false;
  }
}
