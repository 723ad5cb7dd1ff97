import * as z from "zod";
import type { GrantCreditsInput } from "../contract/calls.ts";
import { userIdSchema as userId } from "../platform/ids.ts";
import { acceptsExactly } from "../platform/schema.ts";
import { FOR_EVER } from "./account/grant.ts";

const MAX_HOLD_SECONDS = 30 * 86_400;

/** Becomes a document id, so it must not be a name that Firestore reserves (`__name__`). */
const key = z
  .string()
  .regex(/^(?!__.*__$)[A-Za-z0-9_:-]{1,100}$/, "Expected 1 to 100 letters, digits, '_', ':' and '-'");
const amount = z.int().min(1).max(1_000_000_000);
const text = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => value.isWellFormed(), "Expected Unicode");

export const spendInput = z.strictObject({
  userId,
  amount,
  /** Chosen by the caller: what was done under a key is not done again. */
  key,
  /** For people who read the ledger. */
  reason: text,
});
export type SpendInput = z.infer<typeof spendInput>;

export const holdInput = z.strictObject({
  userId,
  amount,
  key,
  reason: text,
  /** After how long the credits come back by themselves, at most 30 days. */
  expiresInSeconds: z.int().min(1).max(MAX_HOLD_SECONDS),
});
export type HoldInput = z.infer<typeof holdInput>;

export const captureInput = z.strictObject({ userId, key, amount });
export type CaptureInput = z.infer<typeof captureInput>;

export const releaseInput = z.strictObject({ userId, key });
export type ReleaseInput = z.infer<typeof releaseInput>;

export const giveInput = z.strictObject({
  userId,
  amount,
  key,
  /** For whoever runs the app: the user does not read it. */
  reason: text,
  /** For the user, in their ledger. */
  note: text.optional(),
  /** When the credits expire; never if absent. */
  expiresAt: z.date().max(FOR_EVER).optional(),
  /** Who gives: an admin's user id, or a promotion's name. */
  grantedBy: z.string().min(1).max(128),
});
export type GiveInput = z.infer<typeof giveInput>;

/** What an admin sends to the callable. */
export const grantCreditsInput = acceptsExactly<GrantCreditsInput>()(
  giveInput.omit({ grantedBy: true }).extend({
    expiresAt: z.iso
      .datetime({ offset: true })
      .transform((time) => new Date(time))
      .pipe(giveInput.shape.expiresAt.unwrap())
      .optional(),
  }),
);

export const readEntriesInput = z.strictObject({
  userId,
  limit: z.int().min(1).max(500).default(50),
  /** Only entries with a lower number: `next` of the page before. */
  before: z.int().min(1).optional(),
});
export type ReadEntriesInput = z.input<typeof readEntriesInput>;

export const auditInput = z.strictObject({ userId });
