import * as z from "zod";
import { planSchema } from "../model/plan.ts";
import { instant } from "../platform/instant.ts";

/** What a deleted account left at a provider. */
const leftSchema = z.object({
  kind: z.enum(["session", "subscription", "customer"]),
  provider: z.string(),
});
export type Left = z.output<typeof leftSchema>;

/**
 * `customers/{uid}`: a user as a buyer. Counts and sessions are written without preconditions, so that calls of one
 * user do not wait for each other.
 */
export const buyerSchema = z.object({
  /** By provider. `email` is the one last sent to the provider. */
  providers: z
    .record(z.string(), z.object({ customerId: z.string(), email: z.string().nullable() }))
    .default({}),
  /** How many calls the latest minutes and new checkouts the latest hours had, by their number since 1970. */
  callsByMinute: z.record(z.string(), z.int()).default({}),
  checkoutsByHour: z.record(z.string(), z.int()).default({}),
  /** Checkouts that may still be open, by session id. */
  openSessions: z
    .record(
      z.string(),
      z.object({ provider: z.string(), requestId: z.string().nullable(), expiresAt: instant }),
    )
    .default({}),
  /**
   * The live recurring subscriptions, by the ids of their documents. Absent if none was written since there may be several:
   * the account then says whether there is one.
   */
  plans: z.record(z.string(), planSchema).optional(),
  /**
   * When the Firebase user was deleted; null if there is one. And when the removal of their data was complete, null until
   * then.
   */
  deletedAt: instant.nullable().default(null),
  forgottenAt: instant.nullable().default(null),
  /** When somebody signed in who has the id of a user that had been deleted before, and buys under it. */
  renewedAt: instant.nullable().default(null),
  /** What the deletion has yet to end, by the provider's id. */
  ending: z.record(z.string(), leftSchema).default({}),
  /** What our keys do not reach: it was made with others, and ends by itself. */
  unreachable: z.record(z.string(), leftSchema.extend({ notedAt: instant })).default({}),
  /** Where Auth knew the user: in this tenant, null for none. Absent if nobody has seen them there. */
  tenantId: z.string().nullable().exactOptional(),
  createdAt: instant.nullable().default(null),
});
export type Buyer = z.infer<typeof buyerSchema>;
export type Customer = Buyer["providers"][string];
