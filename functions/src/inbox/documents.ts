import * as z from "zod";
import { documentOf } from "../platform/document.ts";
import { providerName } from "../platform/ids.ts";
import { instant, stamps } from "../platform/instant.ts";

/** `webhook_events/{provider}_{eventId}`: one event in the inbox. */
export const webhookEventSchema = z.object({
  provider: providerName,
  eventId: z.string(),
  type: z.string(),
  status: z.enum(["processed", "failed", "dead"]),
  attempts: z.int().min(1),
  /** When a failed event is tried again; null if it is done or given up. */
  nextAttemptAt: instant.nullable(),
  error: z.string().nullable(),
  /** What the verified body says besides who the buyer is, kept only while the event still needs work. */
  payload: z.string().nullable(),
  expireAt: instant,
  ...stamps,
});
export type WebhookEvent = z.infer<typeof webhookEventSchema>;

export const webhookEventDocument = documentOf(webhookEventSchema);
