import * as z from "zod";
import { moveGift, readOldGifts } from "../credits/db.ts";
import { movePayment } from "../payments/move.ts";
import type { StoreContext } from "../platform/context.ts";
import { DocumentError } from "../platform/errors.ts";
import { requireInput } from "../platform/input.ts";
import { readIdsAfter } from "./db.ts";

const cursorPattern = /^(payments|accounts):(.*)$/s;

export const migrateInput = z.strictObject({
  /** `next` of the page before; the first page if absent. */
  cursor: z.string().regex(cursorPattern, "Expected the next of a page before").optional(),
  /** How many payments or accounts one page looks at. */
  limit: z.int().min(1).max(1_000).default(200),
});

/** How many documents were looked at, and how many of them were moved. */
export interface MigrationTally {
  seen: number;
  moved: number;
}

export interface MigrationPage {
  payments: MigrationTally;
  /** Accounts of users that were looked at, and gifts of theirs that were moved. */
  accounts: MigrationTally;
  /** Documents that could not be moved: each stays as it is, and is read as it is. */
  failed: { id: string; reason: string }[];
  /** The `cursor` of the page after this one; absent on the last one. */
  next?: string;
}

/**
 * Moves documents of earlier versions to the present shape, a page at a time, all payments before all accounts. It may be
 * stopped anywhere and run again, from any cursor or from the start, also while others write: what has moved stays as it is.
 */
export async function migrate(
  context: StoreContext,
  input: z.input<typeof migrateInput>,
): Promise<MigrationPage> {
  const { cursor = "payments:", limit } = requireInput(migrateInput, input);
  const [, stage, after = ""] = cursorPattern.exec(cursor) ?? [];
  const kind = stage === "accounts" ? "accounts" : "payments";
  const { ids, last } = await readIdsAfter(context.db, { kind, after, limit });
  const page: MigrationPage = {
    payments: { seen: 0, moved: 0 },
    accounts: { seen: 0, moved: 0 },
    failed: [],
  };
  for (const id of ids) {
    page[kind].seen += 1;
    await movers[kind](context, id, page);
  }
  const next = last === undefined ? nextStage[kind] : `${kind}:${last}`;
  return { ...page, ...(next !== undefined && { next }) };
}

const nextStage = { payments: "accounts:", accounts: undefined } as const;

/** Each moves what there is of one id, and notes it in the page. */
const movers = { payments: moveOnePayment, accounts: moveGifts } as const;

async function moveOnePayment(context: StoreContext, paymentId: string, page: MigrationPage): Promise<void> {
  const isMoved = await tryMove(paymentId, page, async () => await movePayment(context, paymentId));
  if (isMoved) page.payments.moved += 1;
}

async function moveGifts({ db, now }: StoreContext, userId: string, page: MigrationPage): Promise<void> {
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
  { failed }: MigrationPage,
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
