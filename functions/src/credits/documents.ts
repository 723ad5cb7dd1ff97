import * as z from "zod";
import { grantStatuses, holdStatuses } from "../contract/codes.ts";
import type * as contract from "../contract/documents.ts";
import { instant, stamps } from "../platform/instant.ts";
import { readsExactly } from "../platform/schema.ts";

const credits = z.int().min(0);

export const subscriptionSchema = readsExactly<contract.Subscription>()(
  z.object({
    userId: z.string(),
    status: z.enum(["active", "inactive"]),
    startDate: instant.nullable(),
    endDate: instant.nullable(),
    totalCredits: z.int(),
    creditsUsed: credits,
    availableCredits: credits,
    debt: credits,
    frozen: credits,
    held: credits,
    seq: credits,
    ...stamps,
  }),
);

export const grantSchema = readsExactly<contract.Grant>()(
  z.object({
    userId: z.string(),
    grantId: z.string(),
    paymentId: z.string().nullable(),
    amount: credits,
    used: credits,
    repaid: credits,
    expired: credits,
    remaining: credits,
    revoked: credits,
    taken: credits.exactOptional(),
    startDate: instant,
    expiresAt: instant.nullable(),
    spendableUntil: instant,
    status: z.enum(grantStatuses),
    entryCount: credits,
    ...stamps,
  }),
);

export const takeSchema = readsExactly<contract.Take>()(
  z.object({ grantId: z.string(), amount: z.int().min(1) }),
);

const grantCause = z.union([
  z.object({ paymentId: z.string() }),
  z.object({
    key: z.string(),
    note: z.string().exactOptional(),
    reason: z.string().exactOptional(),
    grantedBy: z.string().exactOptional(),
  }),
]);

const entryBase = {
  userId: z.string(),
  seq: z.int().min(1),
  delta: z.int(),
  balanceAfter: z.int(),
  ...stamps,
};

export const entrySchema = readsExactly<contract.Entry>()(
  z.discriminatedUnion("type", [
    z.object({
      ...entryBase,
      type: z.enum(["grant", "revoke"]),
      grantId: z.string(),
      cause: grantCause,
      inputHash: z.string().exactOptional(),
    }),
    z.object({
      ...entryBase,
      type: z.literal("expire"),
      grantId: z.string(),
      cause: z.object({ expiresAt: instant }),
    }),
    z.object({
      ...entryBase,
      type: z.literal("spend"),
      cause: z.object({ key: z.string(), reason: z.string(), hold: z.boolean() }),
      takes: z.array(takeSchema),
      inputHash: z.string(),
    }),
  ]),
);

export const privateCauseSchema = readsExactly<contract.PrivateCause>()(
  z.object({
    reason: z.string(),
    grantedBy: z.string(),
    inputHash: z.string().exactOptional(),
    ...stamps,
  }),
);

export const holdSchema = readsExactly<contract.Hold>()(
  z.object({
    userId: z.string(),
    key: z.string(),
    amount: z.int().min(1),
    reason: z.string(),
    status: z.enum(holdStatuses),
    captured: credits,
    takes: z.array(takeSchema),
    inputHash: z.string(),
    expiresAt: instant,
    ...stamps,
  }),
);
