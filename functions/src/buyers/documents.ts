import * as z from "zod";
import { planSchema } from "../model/plan.ts";
import { instant } from "../platform/instant.ts";

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
  /** When the Firebase user was deleted, and when the removal of their data was complete. */
  deletedAt: instant.nullable().default(null),
  forgottenAt: instant.nullable().default(null),
  createdAt: instant.nullable().default(null),
});
export type Buyer = z.infer<typeof buyerSchema>;
export type Customer = Buyer["providers"][string];
