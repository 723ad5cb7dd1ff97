import * as z from "zod";
import type { PaymentAdapter } from "../adapters/paymentAdapter.ts";
import { requireAdapter, type ProviderContext } from "../adapters/require.ts";
import type { RedriveEventInput } from "../contract/calls.ts";
import { readEvent } from "../inbox/db.ts";
import type { WebhookEvent } from "../inbox/documents.ts";
import type { ProjectContext } from "../platform/context.ts";
import { GatewayError } from "../platform/errors.ts";
import { providerId, providerName } from "../platform/ids.ts";
import { acceptsExactly } from "../platform/schema.ts";
import { handleEvent, type HandledEvent } from "./dispatch.ts";

export const redriveEventInput = acceptsExactly<RedriveEventInput>()(
  z.strictObject({ eventId: providerId, provider: providerName.optional() }),
);

/** Processes one event of the inbox again, even a dead one. */
export async function redriveEvent(
  context: ProjectContext & ProviderContext,
  request: RedriveEventInput,
): Promise<HandledEvent> {
  const adapter = await requireAdapter(context, request.provider);
  const entry = await readEvent(context.db, { provider: adapter.name, eventId: request.eventId });
  if (!entry) throw new GatewayError("not_found", `Cannot redrive event "${request.eventId}": not found`);
  if (entry.status !== "processed") return await redrive(context, adapter, entry);
  const { eventId, type } = entry;
  return { outcome: "duplicate", eventId, type, changed: false };
}

/** Processes an event whose work is not done. */
export async function redrive(
  context: ProjectContext,
  adapter: PaymentAdapter,
  { payload, eventId }: WebhookEvent,
): Promise<HandledEvent> {
  if (payload === null) throw new Error(`Cannot redrive event "${eventId}": its payload is gone`);
  return await handleEvent(context, adapter, { event: adapter.parseEvent(payload), payload: () => payload });
}
