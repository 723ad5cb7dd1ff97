import * as z from "zod";
import { documentOf } from "../../platform/document.ts";
import { instant, stamps } from "../../platform/instant.ts";

/** `reconciliations/_credits/waiting/{paymentId}`: a payment whose credits cannot be booked, and why. */
const waitingSchema = z.object({
  reason: z.string(),
  attempts: z.int().min(1),
  nextAttemptAt: instant,
  ...stamps,
});

export type Waiting = z.output<typeof waitingSchema>;
export const waitingDocument = documentOf(waitingSchema);
