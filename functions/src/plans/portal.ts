import * as z from "zod";
import { requireAdapter, requireSupport, requireValue, type ProviderContext } from "../adapters/require.ts";
import { readBuyer } from "../buyers/db.ts";
import { withinLimit, type LimitContext } from "../buyers/limits.ts";
import type { CreatePortalSessionInput, CreatePortalSessionResult } from "../contract/calls.ts";
import type { Caller } from "../platform/caller.ts";
import { GatewayError } from "../platform/errors.ts";
import { providerName } from "../platform/ids.ts";
import { toAllowedUrl, type RedirectContext } from "../platform/redirects.ts";
import { acceptsExactly } from "../platform/schema.ts";

export const createPortalSessionInput = acceptsExactly<CreatePortalSessionInput>()(
  z
    .strictObject({ returnUrl: z.string().max(2_000).optional(), provider: providerName.optional() })
    .nullish()
    .transform((input) => input ?? {}),
);

/** The provider's own page for a buyer's recurring subscriptions, cards and invoices. */
export async function createPortalSession(
  context: ProviderContext & LimitContext & RedirectContext,
  caller: Caller,
  request: z.output<typeof createPortalSessionInput>,
): Promise<CreatePortalSessionResult> {
  const wanted = { field: "returnUrl", url: request.returnUrl ?? context.redirects.frontendUrl };
  const returnUrl = toAllowedUrl(wanted, context.redirects);
  const adapter = await requireAdapter(context, request.provider);
  const action = "Cannot open the portal";
  requireSupport(adapter, "createPortal", action);
  const buyer = await readBuyer(context.db, caller.userId);
  const customerId = buyer.providers[adapter.name]?.customerId;
  if (customerId === undefined)
    throw new GatewayError("failed_precondition", `${action}: nothing was bought yet`);
  const opened = await withinLimit(
    context,
    { ...caller, buyer },
    async () => await adapter.createPortal({ customerId, returnUrl }),
  );
  return { url: requireValue(opened, action) };
}
