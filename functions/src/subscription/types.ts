import { z } from "zod";
import { instant } from "../gateway/instant.ts";

const credits = z.int().min(0);
const stamps = { createdAt: instant, updatedAt: instant };

/**
 * A user's credits. The ledger's balance is `availableCredits - debt`.
 * `endDate` is the last of the grants' ends; null when one of them lasts for ever.
 */
export const subscriptionSchema = z.object({
  userId: z.string(),
  status: z.enum(["active", "inactive"]),
  startDate: instant,
  endDate: instant.nullable(),
  /** All that was ever granted, less what was revoked. */
  totalCredits: credits,
  creditsUsed: credits,
  availableCredits: credits,
  debt: credits,
  /** Credits held back while a dispute is open. */
  frozen: credits,
  /** The last entry's number: entries are numbered 1, 2, 3 … without a gap. */
  seq: credits,
  ...stamps,
});
export type Subscription = z.infer<typeof subscriptionSchema>;

/** What one payment gave. `amount` is what it entitles to now, `remaining` what of it can still be spent. */
export const grantSchema = z.object({
  userId: z.string(),
  paymentId: z.string(),
  amount: credits,
  remaining: credits,
  revoked: credits,
  expiresAt: instant.nullable(),
  status: z.enum(["active", "used", "revoked"]),
  /** How many ledger entries this grant has; the next one's key. */
  entryCount: credits,
  ...stamps,
});
export type Grant = z.infer<typeof grantSchema>;

/** One booking; immutable. `balanceAfter` may be negative: credits that were spent and then revoked. */
export const entrySchema = z.object({
  userId: z.string(),
  seq: z.int().min(1),
  type: z.enum(["grant", "revoke"]),
  delta: z.int(),
  balanceAfter: z.int(),
  cause: z.object({ paymentId: z.string() }),
  ...stamps,
});
export type Entry = z.infer<typeof entrySchema>;
