import * as z from "zod";
import { instant } from "../platform/instant.ts";

/**
 * `customers/{uid}`: a user as a buyer. Counts and sessions are written without preconditions, so that no two calls of
 * one user wait for each other.
 */
export const buyerSchema = z.object({
  /** By provider. `email` is the one the provider was told last. */
  providers: z
    .record(z.string(), z.object({ customerId: z.string(), email: z.string().nullable() }))
    .default({}),
  /** The calls of the last minute in which there was one; `minute` counts from 1970. */
  calls: z.object({ minute: z.int(), count: z.int() }).default({ minute: 0, count: 0 }),
  /** The checkouts handed out that may still be open, by session. */
  openSessions: z
    .record(
      z.string(),
      z.object({ provider: z.string(), requestId: z.string().nullable(), expiresAt: instant }),
    )
    .default({}),
  /** When the Firebase user was deleted, and when all that is to go with them was gone. */
  deletedAt: instant.nullable().default(null),
  forgottenAt: instant.nullable().default(null),
  createdAt: instant.nullable().default(null),
});
export type Buyer = z.infer<typeof buyerSchema>;
export type Customer = Buyer["providers"][string];
